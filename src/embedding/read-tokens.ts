import { readFile } from 'node:fs/promises'
import { Tokenizer } from '@huggingface/tokenizers'
import { z } from 'zod'
import { DeskError } from '../salon/errors.ts'

/** Far past 256 tokens of any language, and keeps a pasted book from costing seconds. */
const longestText = 8192

const tokenizerFile = z.looseObject({ model: z.looseObject({ vocab: z.record(z.string(), z.int()) }) })

/**
 * Opens a tokenizer.json and gives the reader of texts: text → token ids with [CLS] first and [SEP] last, at most
 * `maxTokens`: a longer text loses its end. A file that is not a tokenizer is refused as `corrupt`.
 */
export async function openTokens({ path, maxTokens }: { path: string; maxTokens: number }): Promise<(text: string) => number[]> {
  const tokenizer = await openTokenizer(path)
  return (text) => {
    const { ids } = tokenizer.encode(text.slice(0, longestText))
    return ids.length <= maxTokens ? ids : [...ids.slice(0, maxTokens - 1), ...ids.slice(-1)]
  }
}

async function openTokenizer(path: string): Promise<Tokenizer> {
  try {
    return new Tokenizer(tokenizerFile.parse(JSON.parse(await readFile(path, 'utf8'))), {})
  } catch (cause) {
    throw new DeskError('corrupt', {
      message: 'the tokenizer of the embedding model cannot be read',
      userMessage: 'The language model files that came with the installation are damaged. Run "npm ci" again, then start the desk.',
      cause,
    })
  }
}
