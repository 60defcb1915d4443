import { DeskError } from '../salon/errors.ts'
import { decodeMp3 } from './decode-mp3.ts'
import { decodeOpus } from './decode-opus.ts'
import { decodeWithFfmpeg } from './decode-with-ffmpeg.ts'
import { readOgg } from './read-ogg.ts'
import { readWav } from './read-wav.ts'
import { readWebm } from './read-webm.ts'
import { longestSeconds, type Sound } from './sound.ts'
import { unreadable } from './unreadable.ts'

/** Ten megabytes: two minutes of the largest that telephones and browsers record. */
const mostBytes = 10 * 1024 * 1024

/**
 * The sound of a recording, whatever it is kept in: WAV (PCM, float, mu-law, A-law), MP3, WebM or Ogg with Opus, and m4a
 * where ffmpeg is installed. What it is is seen in its bytes, not believed of a name. Throws `DeskError('invalid_input')`
 * with words for what cannot be read, is above 10 MB or goes on for more than two minutes.
 */
export async function readSound(bytes: Uint8Array): Promise<Sound> {
  if (bytes.length > mostBytes) throw new DeskError('invalid_input', { message: 'sound above 10 MB', userMessage: 'This recording is too large: at most 10 MB.' })
  const sound = await decode(bytes)
  if (sound.samples.length > longestSeconds * sound.rate) throw new DeskError('invalid_input', { message: 'sound above two minutes', userMessage: 'This recording is too long: at most two minutes.' })
  return sound
}

function decode(bytes: Uint8Array): Promise<Sound> | Sound {
  const [a, b = 0] = bytes
  if (says(bytes, 'RIFF') && says(bytes, 'WAVE', 8)) return readWav(bytes)
  if (says(bytes, 'OggS')) return decodeOpus(readOgg(bytes))
  if (says(bytes, '\x1aE\xdf\xa3')) return decodeOpus(readWebm(bytes))
  if (says(bytes, 'ftyp', 4)) return decodeWithFfmpeg(bytes)
  // An MPEG frame begins with eleven ones; layer 0 would be AAC.
  if (says(bytes, 'ID3') || (a === 0xff && (b & 0xe0) === 0xe0 && (b & 0x06) !== 0)) return decodeMp3(bytes)
  throw unreadable('an unknown kind of file')
}

function says(bytes: Uint8Array, words: string, at = 0): boolean {
  return new TextDecoder('latin1').decode(bytes.subarray(at, at + words.length)) === words
}
