import { test } from 'node:test';
import { assertMarked } from '../testing/notebook.ts';

test('models and data sets of a hub without a revision are found', () =>
  assertMarked(
    'unpinned-model',
    `
from sentence_transformers import SentenceTransformer, CrossEncoder
from transformers import AutoModel, AutoTokenizer, pipeline
from datasets import load_dataset
from langchain_huggingface import HuggingFaceEmbeddings
import chromadb
import sentence_transformers as st
NAME = 'all-MiniLM-L6-v2'
SentenceTransformer('all-MiniLM-L6-v2') # !
st.SentenceTransformer(NAME, device='cuda') # !
CrossEncoder('cross-encoder/ms-marco-MiniLM-L-6-v2') # !
AutoModel.from_pretrained('bert-base-uncased') # !
AutoTokenizer.from_pretrained(pretrained_model_name_or_path=NAME) # !
pipeline('summarization', model='facebook/bart-large-cnn') # !
HuggingFaceEmbeddings(model_name='BAAI/bge-small-en') # !
load_dataset('squad', split='train') # !
chroma = chromadb.PersistentClient(path='./chroma')
chroma.get_or_create_collection(name='a') # !
chromadb.Client().create_collection('b') # !
MODEL = 'gpt-3.5-turbo' # !
client.chat.completions.create(model='gpt-4o', messages=[]) # !
`,
  ));

test('pinned, local and unnamed ones are not', () =>
  assertMarked(
    'unpinned-model',
    `
from sentence_transformers import SentenceTransformer
from transformers import AutoModel, pipeline
from datasets import load_dataset
import chromadb
SentenceTransformer('all-MiniLM-L6-v2', revision='8b3219a92973c328a8e22fadcfa821b5dc75636a')
SentenceTransformer('./output/model')
SentenceTransformer(output_dir)
SentenceTransformer(modules=[word, pooling])
AutoModel.from_pretrained(model_path)
AutoModel.from_pretrained('bert-base-uncased', revision='main-2023')
load_dataset('csv', data_files='a.csv')
load_dataset('squad', revision='5fe18c4')
chroma = chromadb.PersistentClient(path='./chroma')
chroma.get_or_create_collection(name='a', embedding_function=f)
MODEL = 'gpt-4o-2024-08-06'
EMBEDDING_MODEL = 'text-embedding-3-small'
fine_tuned = 'curie:ft-personal-2022-10-20-10-42-56'
question = 'gpt-4'
messages = [{'role': 'user', 'content': 'gpt-4'}]
`,
  ));
