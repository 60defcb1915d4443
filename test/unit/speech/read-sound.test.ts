import { execFileSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { openSpeechToText } from '../../../src/speech/open-speech-to-text.ts'
import { readSound } from '../../../src/speech/read-sound.ts'
import { spokenSentences } from '../../support/measure-speech.ts'

const rate = 8_000
/** A tone of 400 Hz at half of the largest value, for half a second. */
const tone = Float32Array.from({ length: rate / 2 }, (_, i) => 0.5 * Math.sin((2 * Math.PI * 400 * i) / rate))

type Coding = { tag: number; bits: number; channels?: number; write: (view: DataView, at: number, value: number) => void; isExtended?: boolean; dataSize?: number }

function wav(samples: Float32Array, { tag, bits, channels = 1, write, isExtended = false, dataSize }: Coding): Uint8Array {
  const width = bits / 8
  const formatSize = isExtended ? 40 : 16
  // A chunk of odd length stands before the sound, as some recorders write.
  const head = 12 + 8 + formatSize + 8 + 4
  const view = new DataView(new ArrayBuffer(head + 8 + samples.length * width))
  const name = (at: number, letters: string): void => new Uint8Array(view.buffer).set(new TextEncoder().encode(letters), at)
  name(0, 'RIFF')
  view.setUint32(4, view.byteLength - 8, true)
  name(8, 'WAVEfmt ')
  view.setUint32(16, formatSize, true)
  view.setUint16(20, isExtended ? 0xfffe : tag, true)
  view.setUint16(22, channels, true)
  view.setUint32(24, rate, true)
  view.setUint16(34, bits, true)
  if (isExtended) view.setUint16(44, tag, true)
  name(20 + formatSize, 'LIST')
  view.setUint32(24 + formatSize, 3, true)
  name(head, 'data')
  view.setUint32(head + 4, dataSize ?? samples.length * width, true)
  for (const [i, value] of samples.entries()) write(view, head + 8 + i * width, value)
  return new Uint8Array(view.buffer)
}

/** G.711 the long way round: the code whose published value is nearest. */
function nearest(values: number[]): (view: DataView, at: number, value: number) => void {
  return (view, at, value) => view.setUint8(at, values.reduce((best, code, i) => (Math.abs(code - value) < Math.abs((values[best] as number) - value) ? i : best), 0))
}

const codings: Record<string, Coding> = {
  'PCM of 8 bits': { tag: 1, bits: 8, write: (view, at, value) => view.setUint8(at, Math.round(value * 127) + 128) },
  'PCM of 16 bits': { tag: 1, bits: 16, write: (view, at, value) => view.setInt16(at, value * 32_767, true) },
  'PCM of 24 bits': { tag: 1, bits: 24, write: (view, at, value) => { const whole = Math.round(value * 8_388_607); view.setUint16(at, whole & 0xffff, true); view.setInt8(at + 2, whole >> 16) } },
  'PCM of 32 bits': { tag: 1, bits: 32, write: (view, at, value) => view.setInt32(at, value * 2_147_483_647, true) },
  'float of 32 bits': { tag: 3, bits: 32, write: (view, at, value) => view.setFloat32(at, value, true) },
  'float of 64 bits': { tag: 3, bits: 64, write: (view, at, value) => view.setFloat64(at, value, true) },
  'the extensible format': { tag: 1, bits: 16, isExtended: true, write: (view, at, value) => view.setInt16(at, value * 32_767, true) },
  'a stream whose length was not known': { tag: 1, bits: 16, dataSize: 0, write: (view, at, value) => view.setInt16(at, value * 32_767, true) },
}

const largestDifference = (a: Float32Array, b: Float32Array): number => a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))), 0)

describe('WAV', () => {
  test.each(Object.entries(codings))('%s', async (_, coding) => {
    const sound = await readSound(wav(tone, coding))
    expect(sound.rate).toBe(rate)
    expect(sound.samples).toHaveLength(tone.length)
    expect(largestDifference(tone, sound.samples)).toBeLessThan(0.01)
  })

  test('two channels become their average', async () => {
    const sides = Float32Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? 0.5 : -0.25))
    const sound = await readSound(wav(sides, { tag: 3, bits: 32, channels: 2, write: (view, at, value) => view.setFloat32(at, value, true) }))
    expect([...sound.samples]).toEqual(Array.from({ length: 100 }, () => 0.125))
  })

  test.each([
    // From the tables of ITU-T G.711: largest, smallest, both signs, and one in the middle.
    ['mu-law', 7, { 0x80: 32_124, 0x00: -32_124, 0xff: 0, 0x7f: 0, 0xfe: 8, 0x8f: 16_764, 0xbf: 1_980 }],
    ['A-law', 6, { 0xaa: 32_256, 0x2a: -32_256, 0xd5: 8, 0x55: -8, 0x80: 5_504, 0xfa: 1_008 }],
  ])('%s has the published values', async (_, tag, table) => {
    const codes = Object.keys(table).map(Number)
    const file = wav(Float32Array.from(codes), { tag, bits: 8, write: (view, at, code) => view.setUint8(at, code) })
    expect([...(await readSound(file)).samples].map((value) => value * 32_768)).toEqual(codes.map((code) => (table as Record<number, number>)[code]))
  })

  test('mu-law and A-law lose no more than a telephone does', async () => {
    for (const tag of [7, 6]) {
      const all = await readSound(wav(Float32Array.from({ length: 256 }, (_, code) => code), { tag, bits: 8, write: (view, at, code) => view.setUint8(at, code) }))
      const sound = await readSound(wav(tone, { tag, bits: 8, write: nearest([...all.samples]) }))
      expect(largestDifference(tone, sound.samples)).toBeLessThan(0.02)
    }
  })
})

describe('other recordings', () => {
  const speech = openSpeechToText()
  const recording = (name: string): Promise<Uint8Array> => readFile(join(spokenSentences, 'formats', name))

  test.each(['need-to-cancel.ogg', 'need-to-cancel.webm', 'need-to-cancel.mp3'])('%s', async (name) => {
    const sound = await readSound(await recording(name))
    expect(sound.samples.length / sound.rate).toBeCloseTo(1.6, 1)
    expect((await speech.transcribe(sound)).text).toBe('I need to cancel.')
  })

  test('m4a needs ffmpeg, and says so where there is none', async () => {
    const read = readSound(await recording('need-to-cancel.m4a'))
    if (hasFfmpeg()) expect((await speech.transcribe(await read)).text).toBe('I need to cancel.')
    else await expect(read).rejects.toMatchObject({ code: 'invalid_input', userMessage: expect.stringContaining('ffmpeg') })
  })

  test('what was cut off in the middle is heard as far as it goes, or refused, never anything else', async () => {
    for (const name of ['need-to-cancel.ogg', 'need-to-cancel.webm', 'need-to-cancel.mp3']) {
      const whole = await recording(name)
      for (let length = 0; length < whole.length; length += 331) {
        const outcome = await readSound(whole.subarray(0, length)).then(({ samples }) => samples.every((value) => Number.isFinite(value)), (error: unknown) => (error as { code?: string }).code)
        expect([true, 'invalid_input']).toContain(outcome)
      }
    }
  })
})

describe('refused in words', () => {
  const words = (name: string): Uint8Array => new TextEncoder().encode(name)
  test.each([
    ['nothing', new Uint8Array()],
    ['a text', words('Hello, this is not a sound.')],
    ['a WAV with nothing in it', words('RIFF\0\0\0\0WAVE')],
    ['a WAV without a format', words('RIFF\0\0\0\0WAVEdata\x04\0\0\0abcd')],
    ['a WAV in a coding of others', wav(tone, { ...(codings['PCM of 16 bits'] as Coding), tag: 2 })],
    ['an Ogg with nothing in it', words('OggS')],
    ['a WebM with nothing in it', Uint8Array.from([0x1a, 0x45, 0xdf, 0xa3])],
    ['an MP3 with nothing in it', words('ID3')],
  ])('%s', async (_, bytes) => {
    await expect(readSound(bytes)).rejects.toMatchObject({ code: 'invalid_input', userMessage: expect.stringContaining('cannot be read') })
  })

  test('an Ogg that is not Opus', async () => {
    await expect(readSound(await readFile(join(spokenSentences, 'formats/vorbis.ogg')))).rejects.toMatchObject({ code: 'invalid_input', userMessage: expect.stringContaining('Opus') })
  })

  test('more than two minutes, and more than 10 MB', async () => {
    const long = wav(new Float32Array(121 * rate), codings['PCM of 8 bits'] as Coding)
    await expect(readSound(long)).rejects.toMatchObject({ code: 'invalid_input', userMessage: expect.stringContaining('two minutes') })
    await expect(readSound(new Uint8Array(10 * 1024 * 1024 + 1))).rejects.toMatchObject({ code: 'invalid_input', userMessage: expect.stringContaining('10 MB') })
  })
})

function hasFfmpeg(): boolean {
  try {
    execFileSync('ffmpeg', ['-version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
