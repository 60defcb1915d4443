import { headOfOpus, type OpusPackets } from './decode-opus.ts'
import { unreadable } from './unreadable.ts'

/** Element ids of Matroska (RFC 9559) that matter here. */
const ids = { track: 0xae, trackNumber: 0xd7, codec: 0x86, codecPrivate: 0x63a2, simpleBlock: 0xa3, block: 0xa1 }
/** Elements that are walked into. Live recordings do not say how long a segment or a cluster is, so nothing is skipped by their length. */
const boxes = new Set([0x18538067, 0x1654ae6b, 0x1f43b675, 0xa0, ids.track])

type Track = { number: number; codec: string; head: Uint8Array | undefined }

/** The Opus packets of a WebM file, as browsers record it: of its first track of sound. Throws `DeskError('invalid_input')` when there is none. */
export function readWebm(bytes: Uint8Array): OpusPackets {
  const tracks: Track[] = []
  const blocks: Uint8Array[] = []
  for (const { id, body } of elements(bytes)) {
    const track = tracks.at(-1)
    if (id === ids.track) tracks.push({ number: 0, codec: '', head: undefined })
    else if (id === ids.trackNumber && track !== undefined) track.number = body.reduce((sum, byte) => sum * 256 + byte, 0)
    else if (id === ids.codec && track !== undefined) track.codec = new TextDecoder().decode(body)
    else if (id === ids.codecPrivate && track !== undefined) track.head = body
    else if (id === ids.simpleBlock || id === ids.block) blocks.push(body)
  }
  const sound = tracks.find(({ codec }) => codec.replace(/\0+$/, '') === 'A_OPUS')
  if (sound?.head === undefined) throw unreadable(`a WebM file of ${tracks.map(({ codec }) => codec.slice(0, 20)).join(', ') || 'no tracks'}`)
  return { ...headOfOpus(sound.head), packets: blocks.flatMap((block) => packetOf(block, sound.number)) }
}

function* elements(bytes: Uint8Array): Generator<{ id: number; body: Uint8Array }> {
  for (let at = 0; at < bytes.length;) {
    const id = variable(bytes, at, { keepMark: true })
    const size = id && variable(bytes, id.next, { keepMark: false })
    if (id === undefined || size === undefined) return
    const isBox = boxes.has(id.value)
    const end = size.isUnknown ? bytes.length : Math.min(bytes.length, size.next + size.value)
    yield { id: id.value, body: isBox ? new Uint8Array() : bytes.subarray(size.next, end) }
    at = isBox ? size.next : end
  }
}

/** A number whose first byte says how many bytes it has (RFC 8794, 4); all ones means that it is not known. */
function variable(bytes: Uint8Array, at: number, { keepMark }: { keepMark: boolean }): { value: number; next: number; isUnknown: boolean } | undefined {
  const first = bytes[at] ?? 0
  const length = Math.clz32(first) - 23
  if (first === 0 || at + length > bytes.length) return undefined
  const mask = 0xff >> length
  let value = keepMark ? first : first & mask
  let isUnknown = (first & mask) === mask
  for (const byte of bytes.subarray(at + 1, at + length)) {
    value = value * 256 + byte
    isUnknown &&= byte === 0xff
  }
  return { value, next: at + length, isUnknown }
}

/** One packet a block: browsers do not lace Opus. After the track's number come two bytes of time and one of flags. */
function packetOf(block: Uint8Array, track: number): Uint8Array[] {
  const number = variable(block, 0, { keepMark: false })
  if (number?.value !== track) return []
  if (((block[number.next + 2] ?? 0) & 0x06) !== 0) throw unreadable('WebM with laced blocks')
  return [block.subarray(number.next + 3)]
}
