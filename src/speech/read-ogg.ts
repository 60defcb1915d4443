import { headOfOpus, type OpusPackets } from './decode-opus.ts'
import { unreadable } from './unreadable.ts'

/** Bytes of an Ogg page before its table of segments (RFC 3533, 6). */
const headBytes = 27

/** The Opus packets of an Ogg file (RFC 7845): its first stream. Throws `DeskError('invalid_input')` when that is none. */
export function readOgg(bytes: Uint8Array): OpusPackets {
  const packets = packetsOf(bytes)
  const [head, , ...sound] = packets
  if (head === undefined) throw unreadable('an Ogg file without packets')
  return { ...headOfOpus(head), packets: sound }
}

function packetsOf(bytes: Uint8Array): Uint8Array[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const packets: Uint8Array[] = []
  let unfinished: Uint8Array[] = []
  let stream: number | undefined
  for (let at = 0; at + headBytes <= bytes.length && view.getUint32(at) === 0x4f676753;) {
    const serial = view.getUint32(at + 14, true)
    const table = bytes.subarray(at + headBytes, at + headBytes + (bytes[at + 26] as number))
    let place = at + headBytes + table.length
    stream ??= serial
    for (const size of table) {
      if (serial === stream) unfinished.push(bytes.subarray(place, place + size))
      place += size
      // A segment that is full goes on in the next; any other ends its packet.
      if (size === 255 || serial !== stream) continue
      packets.push(Buffer.concat(unfinished))
      unfinished = []
    }
    at = place
  }
  return packets
}
