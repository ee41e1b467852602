import { test } from 'node:test';
import { assertMarked } from '../testing/notebook.ts';

test('a request that is tried once is found', () =>
  assertMarked(
    'no-retry',
    `
import openai, requests
openai.Embedding.create(input=texts) # !
requests.get(url, timeout=3) # !
def embed(text):
    return openai.Embedding.create(input=[text]) # !
try:
    requests.get(url) # !
except Exception as error:
    print(error)
for url in urls:
    try:
        requests.get(url) # !
    except ConnectionError:
        continue
for page in range(10):
    requests.get(url, params={'page': page}) # !
`,
  ));

test('a decorator, a wrapper or a loop that tries again is enough', () =>
  assertMarked(
    'no-retry',
    `
import openai, requests, time, backoff
from tenacity import retry, stop_after_attempt, Retrying, wait_random_exponential
@retry(stop=stop_after_attempt(6), wait=wait_random_exponential())
def embed(text):
    return openai.Embedding.create(input=text)
@backoff.on_exception(backoff.expo, Exception)
def complete(prompt):
    return openai.Completion.create(prompt=prompt)
def plain(prompt):
    return openai.Completion.create(prompt=prompt)
patient = retry(stop=stop_after_attempt(3))(plain)
while True:
    try:
        answer = openai.Completion.create(prompt='a')
        break
    except openai.error.RateLimitError:
        time.sleep(5)
for attempt in range(5):
    try:
        page = requests.get(url)
        break
    except ConnectionError:
        time.sleep(2 ** attempt)
done = False
while not done:
    try:
        page = requests.get(url)
        done = True
    except:
        pass
try:
    page = requests.get(url)
except ConnectionError:
    page = requests.get(url)
for attempt in Retrying(stop=stop_after_attempt(3)):
    with attempt:
        requests.get(url)
`,
  ));

test('a function is retried if all who call it are', () =>
  assertMarked(
    'no-retry',
    `
import requests
from tenacity import retry
def fetch(url):
    return requests.get(url)
@retry
def safe(url):
    return fetch(url)
def fetch_once(url):
    return requests.get(url) # !
@retry
def also(url):
    return fetch_once(url)
fetch_once(url)
`,
  ));

test('libraries that try again by themselves are left alone, unless told not to', () =>
  assertMarked(
    'no-retry',
    `
import requests
from requests.adapters import HTTPAdapter
from openai import OpenAI
from openai.embeddings_utils import get_embedding
client = OpenAI()
client.embeddings.create(input=texts, model='a')
impatient = OpenAI(max_retries=0)
impatient.embeddings.create(input=texts, model='a') # !
get_embedding(text, engine='a')
session = requests.Session()
session.mount('https://', HTTPAdapter(max_retries=5))
session.get(url)
`,
  ));
