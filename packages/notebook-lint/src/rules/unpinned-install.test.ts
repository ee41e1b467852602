import { test } from 'node:test';
import { assertMarked } from '../testing/notebook.ts';

test('installs without a version are found, on the line of the package', () =>
  assertMarked(
    'unpinned-install',
    `
!pip install pandas # !
%pip install -qU sentence-transformers faiss-cpu==1.7 # !
!pip3 install "pinecone-client[grpc]" # !
!{sys.executable} -m pip install openai # !
%conda install -c conda-forge umap-learn # !
!pip install 'openai>=1.0' # !
!apt-get update && pip install torch # !
!pip install git+https://github.com/huggingface/peft.git # !
pip install tqdm # !
!pip install -qU \\
    openai==0.27.7 \\
    tqdm # !
import os, subprocess
os.system('pip install numpy') # !
subprocess.run(['pip', 'install', 'numpy']) # !

# %%
%%bash
pip install umap-learn # !
`,
  ));

test('pinned installs, files, options and other commands are not', () =>
  assertMarked(
    'unpinned-install',
    `
!pip install pandas==2.2.0 "numpy==1.26"
!pip install -r requirements.txt
!pip install -q -U -r requirements.txt --index-url https://example.org/simple
!pip install -e .
!pip install ./package
!pip install dist/a-1.0-py3-none-any.whl
!pip install git+https://github.com/huggingface/peft.git@v0.5.0
!pip install {package}
!pip install 'torch>=2.0,<2.1'
%conda install python=3.10
!pip list
!pip uninstall -y tensorflow
# !pip install pandas
!echo pip
print('pip install pandas')
`.replace('# !pip install pandas', '## pip install pandas'),
  ));
