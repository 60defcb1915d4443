import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readWav } from './read-wav.ts'
import { longestSeconds, type Sound } from './sound.ts'
import { needsFfmpeg, unreadable } from './unreadable.ts'

/** Two minutes are decoded in about a second. */
const patience = 20_000

/**
 * The sound of an MP4 file (AAC), decoded by the ffmpeg of this machine: every AAC decoder in the registry is under the GPL
 * or LGPL, so the desk ships none. ffmpeg wants to jump about in the file, so it lies in a private folder for that second.
 * Throws `DeskError('invalid_input')` when there is no ffmpeg, or it cannot make sound of it.
 */
export async function decodeWithFfmpeg(bytes: Uint8Array): Promise<Sound> {
  const dir = await mkdtemp(join(tmpdir(), 'desk-sound-'))
  try {
    const path = join(dir, 'sound.mp4')
    await writeFile(path, bytes, { mode: 0o600 })
    return readWav(await run(path))
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** Only this one file, as the one kind it looked like, and nothing over a network. */
function run(path: string): Promise<Uint8Array> {
  const args = ['-nostdin', '-v', 'error', '-protocol_whitelist', 'file', '-f', 'mp4', '-i', path, '-vn', '-t', String(longestSeconds + 1), '-ac', '1', '-ar', '16000', '-f', 'wav', '-']
  return new Promise((resolve, reject) => {
    const ffmpeg = spawn('ffmpeg', args, { stdio: ['ignore', 'pipe', 'ignore'], timeout: patience, killSignal: 'SIGKILL' })
    const parts: Buffer[] = []
    ffmpeg.stdout.on('data', (part: Buffer) => parts.push(part))
    ffmpeg.on('error', (cause: NodeJS.ErrnoException) => reject(cause.code === 'ENOENT' ? needsFfmpeg() : unreadable('ffmpeg does not start', cause)))
    ffmpeg.on('close', (code) => (code === 0 ? resolve(Buffer.concat(parts)) : reject(unreadable('ffmpeg makes no sound of it'))))
  })
}
