import { setImmediate as turnOfTheLoop } from 'node:timers/promises'
import { joinSamples, longestSeconds, mixChannels, type Sound } from './sound.ts'
import { unreadable } from './unreadable.ts'

/** Sound coded as Opus, out of its container. */
export type OpusPackets = { channels: number; /** Samples at 48 kHz that only warm the decoder up. */ preSkip: number; packets: Uint8Array[] }

/** Half of what the decoder is asked for is enough for speech. */
const rate = 16_000
/** About a second and a half of sound; then others get their turn. */
const packetsAtOnce = 75

/** What the head of an Opus stream says (RFC 7845, 5.1). Throws `DeskError('invalid_input')` when it is no such head, or has more than two channels. */
export function headOfOpus(head: Uint8Array): Omit<OpusPackets, 'packets'> {
  const isOpus = head.length >= 19 && new TextDecoder().decode(head.subarray(0, 8)) === 'OpusHead'
  if (!isOpus || head[18] !== 0) throw unreadable(isOpus ? 'Opus with many channels' : 'Ogg that is not Opus')
  return { channels: head[9] as number, preSkip: (head[10] as number) + (head[11] as number) * 256 }
}

/** Decodes until the end, or until it is longer than anything that is listened to. Throws `DeskError('invalid_input')` when no packet can be decoded. */
export async function decodeOpus({ channels, preSkip, packets }: OpusPackets): Promise<Sound> {
  const { OpusDecoder } = await import('opus-decoder')
  const decoder = new OpusDecoder({ channels, preSkip, streamCount: 1, coupledStreamCount: channels - 1, channelMappingTable: channels === 1 ? [0] : [0, 1], sampleRate: rate })
  await decoder.ready
  try {
    const parts: Float32Array[] = []
    let length = 0
    for (let at = 0; at < packets.length && length <= longestSeconds * rate; at += packetsAtOnce) {
      const decoded = decoder.decodeFrames(packets.slice(at, at + packetsAtOnce))
      parts.push(mixChannels(decoded.channelData.map((channel) => channel.slice(0, decoded.samplesDecoded))))
      length += decoded.samplesDecoded
      await turnOfTheLoop()
    }
    if (length === 0) throw unreadable('Opus without sound')
    return { samples: joinSamples(parts), rate }
  } finally {
    decoder.free()
  }
}
