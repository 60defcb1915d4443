import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import { openSpeechToText, type SpeechToText } from '../../src/speech/open-speech-to-text.ts'
import { readSound } from '../../src/speech/read-sound.ts'
import { type BadLine, badLines } from './bad-lines.ts'

const Index = z.array(z.object({ file: z.string(), said: z.string(), voice: z.string() }))

/** The sentences that are committed, as a telephone carries them. */
export const spokenSentences = resolve(import.meta.dirname, '../data/speech')

export type Heard = { file: string; said: string; voice: string; heard: string; words: number; wrong: number; soundMs: number; tookMs: number }

/** What is heard of every recording in the folder's index.json, and how many words of it are wrong; `line` is what becomes of it on the way. */
export async function measureSpeech({ dir, speech, line = (sound) => sound }: { dir: string; speech: SpeechToText; line?: BadLine }): Promise<Heard[]> {
  const heard: Heard[] = []
  const all = await Promise.all(Index.parse(JSON.parse(await readFile(join(dir, 'index.json'), 'utf8'))).map(async ({ file, said, voice }) => ({ file, said, voice, sound: await readSound(await readFile(join(dir, file))) })))
  for (const [at, { file, said, voice, sound }] of all.entries()) {
    const others = [...all.slice(at + 1), ...all.slice(0, at)].map((one) => one.sound)
    const { text, soundMs, tookMs } = await speech.transcribe(line(sound, others))
    heard.push({ file, said, voice, heard: text, words: wordsOf(said).length, wrong: wrongWords(wordsOf(said), wordsOf(text)), soundMs, tookMs })
  }
  return heard
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().replaceAll(/[^a-z0-9' ]/g, ' ').split(' ').filter(Boolean)
}

/** Words to change, add or leave out until one is the other (Levenshtein). */
function wrongWords(said: string[], heard: string[]): number {
  let before = Array.from({ length: heard.length + 1 }, (_, i) => i)
  for (const [i, word] of said.entries()) {
    const row = [i + 1]
    for (const [j, other] of heard.entries()) row.push(Math.min((before[j + 1] as number) + 1, (row[j] as number) + 1, (before[j] as number) + (word === other ? 0 : 1)))
    before = row
  }
  return before.at(-1) as number
}

if (import.meta.main) {
  const [folder, isBad] = [process.argv.slice(2).find((word) => !word.startsWith('--')), process.argv.includes('--bad-lines')]
  const [dir, speech] = [resolve(folder ?? spokenSentences), openSpeechToText()]
  const all = await measureSpeech({ dir, speech })
  for (const { file, wrong, words, heard } of all) console.log(`${file.padEnd(32)} ${wrong} of ${words}  ${heard}`)
  const total = (rows: Heard[], of: 'words' | 'wrong' | 'soundMs' | 'tookMs'): number => rows.reduce((sum, row) => sum + row[of], 0)
  for (const [voice, rows] of [...Map.groupBy(all, ({ voice }) => voice), ['all', all] as const]) console.log(`${voice.padEnd(10)} ${total(rows, 'wrong')} of ${total(rows, 'words')} words wrong: ${((100 * total(rows, 'wrong')) / total(rows, 'words')).toFixed(1)} %`)
  console.log(`${(total(all, 'soundMs') / total(all, 'tookMs')).toFixed(0)} seconds of sound a second, the loading of the model included; ${(process.memoryUsage().rss / 1e6).toFixed(0)} MB`)
  if (isBad) for (const [name, line] of Object.entries(badLines)) {
    const rows = await measureSpeech({ dir, speech, line })
    console.log(`${name.padEnd(34)} ${total(rows, 'wrong')} of ${total(rows, 'words')} words wrong: ${((100 * total(rows, 'wrong')) / total(rows, 'words')).toFixed(1)} %`)
  }
}
