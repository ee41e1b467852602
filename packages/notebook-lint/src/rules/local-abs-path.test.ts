import { test } from 'node:test';
import { assertMarked } from '../testing/notebook.ts';

test('paths of one machine are found', () =>
  assertMarked(
    'local-abs-path',
    `
import pandas as pd
pd.read_csv('/Users/ada/data/a.csv') # !
pd.read_csv("/home/ada/a.csv") # !
path = r'C:\\Users\\ada\\a.csv' # !
path = 'D:/data/a.csv' # !
open(f'/content/drive/MyDrive/{name}.csv') # !
def load(path='/kaggle/input/a.csv'): # !
    pass
settings = {
    'root': '/mnt/data/a', # !
}
%cd /content/drive/MyDrive # !
`,
  ));

test('relative paths, addresses, routes, patterns and prose are not', () =>
  assertMarked(
    'local-abs-path',
    `
'''
/Users/ada is mentioned in a text
'''
path = './data/a.csv'
path = 'data/home/a.csv'
path = '~/a.csv'
url = 'https://example.org/home/a'
url = 's3://bucket/home/a'
app.get('/users/me')
route = '/v1/home'
pattern = '/home/*'
time = '12:30'
`,
  ));
