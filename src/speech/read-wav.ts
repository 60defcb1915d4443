import type { Sound } from './sound.ts'
import { unreadable } from './unreadable.ts'

/** Format tags of RIFF WAVE (RFC 2361); `extensible` carries the real one further back. */
const tags = { pcm: 1, float: 3, aLaw: 6, muLaw: 7, extensible: 0xfffe }

type Format = { tag: number; channels: number; rate: number; bits: number }

/** The sound of a RIFF WAVE file, channels mixed into one. Throws `DeskError('invalid_input')` for what is no such file, or is coded in another way. */
export function readWav(bytes: Uint8Array): Sound {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let format: Format | undefined
  for (let at = 12; at + 8 <= view.byteLength;) {
    const name = view.getUint32(at)
    // A recorder that streamed did not know the length: then it says 0 or too much, and the sound goes to the end.
    const size = view.getUint32(at + 4, true)
    const body = at + 8
    if (name === 0x666d7420 && body + 16 <= view.byteLength) format = readFormat(view, { body, size })
    if (name === 0x64617461) {
      if (format === undefined) throw unreadable('a WAV file without a format')
      const end = size === 0 || size === 0xffffffff ? view.byteLength : Math.min(view.byteLength, body + size)
      return { samples: mixDown(new DataView(bytes.buffer, bytes.byteOffset + body, end - body), format), rate: format.rate }
    }
    at = body + size + (size % 2)
  }
  throw unreadable('a WAV file without sound')
}

function readFormat(view: DataView, { body, size }: { body: number; size: number }): Format {
  const tag = view.getUint16(body, true)
  const isExtended = tag === tags.extensible && size >= 40 && body + 40 <= view.byteLength
  return { tag: isExtended ? view.getUint16(body + 24, true) : tag, channels: view.getUint16(body + 2, true), rate: view.getUint32(body + 4, true), bits: view.getUint16(body + 14, true) }
}

function mixDown(data: DataView, format: Format): Float32Array {
  const { channels, bits, rate } = format
  const valueAt = valueReader(data, format)
  if (valueAt === undefined || channels < 1 || channels > 8 || rate < 4_000 || rate > 192_000) throw unreadable(`WAV tag ${format.tag} of ${bits} bits, ${channels} channels, ${rate} Hz`)
  const width = bits / 8
  const samples = new Float32Array(Math.floor(data.byteLength / (width * channels)))
  for (let i = 0; i < samples.length; i++) {
    let sum = 0
    for (let channel = 0; channel < channels; channel++) sum += valueAt((i * channels + channel) * width)
    samples[i] = sum / channels
  }
  return samples
}

/** Reads one value between -1 and 1; undefined for a coding we do not know. */
function valueReader(data: DataView, { tag, bits }: Format): ((at: number) => number) | undefined {
  if (tag === tags.muLaw && bits === 8) return (at) => fromMuLaw(data.getUint8(at))
  if (tag === tags.aLaw && bits === 8) return (at) => fromALaw(data.getUint8(at))
  if (tag === tags.float && bits === 32) return (at) => finite(data.getFloat32(at, true))
  if (tag === tags.float && bits === 64) return (at) => finite(data.getFloat64(at, true))
  if (tag !== tags.pcm) return undefined
  if (bits === 8) return (at) => (data.getUint8(at) - 128) / 128
  if (bits === 16) return (at) => data.getInt16(at, true) / 0x8000
  if (bits === 24) return (at) => (data.getUint16(at, true) + (data.getInt8(at + 2) << 16)) / 0x800000
  if (bits === 32) return (at) => data.getInt32(at, true) / 0x80000000
  return undefined
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : 0
}

/** ITU-T G.711, mu-law: sign, three bits of exponent, four of mantissa, all turned over. */
function fromMuLaw(byte: number): number {
  const code = ~byte & 0xff
  const size = ((((code & 0x0f) << 3) + 0x84) << ((code & 0x70) >> 4)) - 0x84
  return ((code & 0x80) === 0 ? size : -size) / 0x8000
}

/** ITU-T G.711, A-law: as mu-law, but with every other bit turned over and a straight lowest part. */
function fromALaw(byte: number): number {
  const code = byte ^ 0x55
  const exponent = (code & 0x70) >> 4
  const mantissa = ((code & 0x0f) << 4) + 8
  const size = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1)
  return ((code & 0x80) === 0 ? -size : size) / 0x8000
}
