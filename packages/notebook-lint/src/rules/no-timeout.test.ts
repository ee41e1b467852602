import { test } from 'node:test';
import { assertMarked } from '../testing/notebook.ts';

test('a request without a timeout is found, by whatever name the library goes', () =>
  assertMarked(
    'no-timeout',
    `
import requests
import requests as r
from requests import get, Session
import urllib.request
from urllib.request import urlopen
requests.get(url) # !
r.post(url, json={}) # !
get(url) # !
text = BeautifulSoup(requests.get(url).text) # !
urllib.request.urlopen(url) # !
with urlopen(url) as response: # !
    pass
session = Session()
session.get(url) # !
with requests.Session() as s:
    s.put(url) # !
requests.get(url, timeout=None) # !
def fetch(url):
    return requests.get(url).json() # !
`,
  ));

test('a request with a timeout, wherever it is given, is not', () =>
  assertMarked(
    'no-timeout',
    `
import requests, httpx
from urllib.request import urlopen
requests.get(url, timeout=30)
requests.get(url, **options)
urlopen(url, None, 10)
httpx.get(url)
cache.get(url)
{}.get('timeout')
os.environ.get('URL')
requests.codes.ok
`,
  ));

test('hosted models: every generation of the openai library, and other clients', () =>
  assertMarked(
    'no-timeout',
    `
import openai
from openai import OpenAI, AsyncOpenAI, AzureOpenAI
from openai.embeddings_utils import get_embedding
import cohere
import anthropic
import voyageai
openai.Embedding.create(input=texts, engine='a') # !
openai.ChatCompletion.create(model='a', messages=[]) # !
openai.Completion.create(prompt='a', request_timeout=20)
get_embedding('a', engine='b') # !
client = OpenAI()
client.embeddings.create(input=texts, model='a') # !
client.chat.completions.create(model='a', messages=[]) # !
patient = OpenAI(timeout=20, max_retries=5)
patient.embeddings.create(input=texts, model='a')
client.with_options(timeout=5).embeddings.create(input=texts, model='a')
azure = AzureOpenAI(api_version='1')
azure.embeddings.create(input=texts, model='a') # !
co = cohere.Client(key)
co.embed(texts=texts) # !
anthropic.Anthropic().messages.create(model='a', messages=[]) # !
voyageai.Client().embed(texts) # !
async def ask(question):
    aclient = AsyncOpenAI()
    return await aclient.chat.completions.create(model='a', messages=[question]) # !
`,
  ));

test('keywords that are handed on are those of whoever calls', () =>
  assertMarked(
    'no-timeout',
    `
import openai
def complete(**options):
    return openai.Completion.create(**options) # !
complete(prompt='a')
def patient(**options):
    return openai.Completion.create(**options)
patient(prompt='a', timeout=20)
`,
  ));

test('clients of vector stores and local models are not requests', () =>
  assertMarked(
    'no-timeout',
    `
from pinecone import Pinecone
from sentence_transformers import SentenceTransformer
index = Pinecone().Index('a')
index.upsert(vectors=[])
index.query(vector=v, top_k=3)
SentenceTransformer('a').encode(texts)
`,
  ));
