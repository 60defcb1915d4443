import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import { joinSamples, longestSeconds, mixChannels, type Sound } from './sound.ts'
import { unreadable } from './unreadable.ts'

/** A second or two of sound; then others get their turn. */
const bytesAtOnce = 16_384

/** Decodes MP3 until its end, or until it is longer than anything that is listened to. Throws `DeskError('invalid_input')` when there is no sound in it. */
export async function decodeMp3(bytes: Uint8Array): Promise<Sound> {
  const { MPEGDecoder } = await import('mpg123-decoder')
  const decoder = new MPEGDecoder()
  await decoder.ready
  try {
    const parts: Float32Array[] = []
    let length = 0
    let rate = 0
    for (let at = 0; at < bytes.length && length <= longestSeconds * (rate || 1); at += bytesAtOnce) {
      const decoded = decoder.decode(bytes.subarray(at, at + bytesAtOnce))
      if (decoded.samplesDecoded > 0) rate = decoded.sampleRate
      parts.push(mixChannels(decoded.channelData.map((channel) => channel.slice(0, decoded.samplesDecoded))))
      length += decoded.samplesDecoded
      await turnOfTheLoop()
    }
    if (length === 0 || rate === 0) throw unreadable('MP3 without sound')
    return { samples: joinSamples(parts), rate }
  } finally {
    decoder.free()
  }
}
