import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { resample } from '../../src/speech/resample.ts'
import type { Sound } from '../../src/speech/sound.ts'

/** What makes Chromium take a file, played once, for a microphone, and let the page have it. */
export function fakeMicrophone(path: string): string[] {
  return ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream', `--use-file-for-fake-audio-capture=${path}%noloop`]
}

let files = 0

/** Writes the sound as Chromium plays it (48 kHz, 16 bits; half a second of silence first); answers where. */
export async function microphoneOf(folder: string, { samples, rate }: Sound): Promise<string> {
  const loud = resample(samples, { from: rate, to: 48_000 })
  const wav = Buffer.alloc(44 + 48_000 + loud.length * 2)
  wav.write('RIFF', 0)
  wav.writeUInt32LE(wav.length - 8, 4)
  wav.write('WAVEfmt ', 8)
  for (const [i, value] of [16, 0, 1 | (1 << 16), 0, 48_000, 0, 96_000, 0].entries()) if (i % 2 === 0) wav.writeUInt32LE(value, 16 + i * 2)
  wav.writeUInt32LE(2 | (16 << 16), 32)
  wav.write('data', 36)
  wav.writeUInt32LE(wav.length - 44, 40)
  for (const [i, value] of loud.entries()) wav.writeInt16LE(Math.round(Math.max(-1, Math.min(1, value)) * 32_767), 44 + 48_000 + i * 2)
  const path = join(folder, `microphone-${++files}.wav`)
  await writeFile(path, wav)
  return path
}
