import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { DeskError } from '../../../src/salon/errors.ts'
import { findSpeech } from '../../../src/speech/find-speech.ts'
import { openModel } from '../../../src/speech/open-model.ts'
import { openSpeechToText } from '../../../src/speech/open-speech-to-text.ts'
import { readSound } from '../../../src/speech/read-sound.ts'
import { joinSamples, type Sound } from '../../../src/speech/sound.ts'
import { measureSpeech, spokenSentences } from '../../support/measure-speech.ts'

const rate = 8_000
const speech = openSpeechToText()
const sentence = async (name: string): Promise<Sound> => readSound(await readFile(join(spokenSentences, `${name}.wav`)))
const made = (seconds: number, value: (i: number) => number): Sound => ({ rate, samples: Float32Array.from({ length: seconds * rate }, (_, i) => value(i)) })
const pause = (seconds: number): Float32Array => new Float32Array(seconds * rate)

/** The same noise every time, between -1 and 1. */
function noise(): () => number {
  let seed = 1
  return () => {
    seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff
    return seed / 0x40000000 - 1
  }
}

test('sentences of a salon, as a telephone carries them, are written down with few wrong words', async () => {
  const heard = await measureSpeech({ dir: spokenSentences, speech })
  const rows = heard.filter(({ voice }) => voice === 'rms')
  expect(rows).toHaveLength(12)
  const share = (of: typeof heard): number => of.reduce((sum, { wrong }) => sum + wrong, 0) / of.reduce((sum, { words }) => sum + words, 0)
  expect(share(rows)).toBeLessThan(0.08)
  expect(share(heard)).toBeLessThan(0.1)
  expect(heard.filter(({ wrong }) => wrong === 0).length).toBeGreaterThan(13)
})

describe('where nobody speaks there are no words', () => {
  const hiss = noise()
  test.each<[string, Sound]>([
    ['nothing at all', { rate, samples: new Float32Array() }],
    ['silence', made(3, () => 0)],
    ['a quiet room', made(3, () => hiss() * 0.002)],
    ['loud noise', made(3, () => hiss() * 0.8)],
    ['a mains hum', made(3, (i) => 0.3 * Math.sin((2 * Math.PI * 60 * i) / rate) + 0.1 * Math.sin((2 * Math.PI * 180 * i) / rate))],
    ['a dial tone', made(3, (i) => 0.2 * Math.sin((2 * Math.PI * 350 * i) / rate) + 0.2 * Math.sin((2 * Math.PI * 440 * i) / rate))],
    ['clicks', made(3, (i) => (i % 4_000 === 0 ? 0.9 : 0))],
    // These rise and fall like speech: the model gets them, and has to know that they say nothing.
    ['a busy tone', made(4, (i) => (i % 8_000 < 4_000 ? 0.3 : 0) * Math.sin((2 * Math.PI * 480 * i) / rate))],
    ['knocks', made(3, (i) => 0.8 * Math.exp(-(i % 4_000) / 200) * Math.sin((2 * Math.PI * 200 * i) / rate))],
    ['wind', made(4, (i) => 0.3 * hiss() * (0.5 + 0.5 * Math.sin(i / 2_000)))],
  ])('%s', async (_, sound) => {
    expect((await speech.transcribe(sound)).text).toBe('')
  })
})

test('words are heard through noise and a hum, and with silence around them', async () => {
  const { samples } = await sentence('need-to-cancel')
  const around = joinSamples([pause(3), samples, pause(3)])
  const hiss = noise()
  const noisy = around.map((value, i) => value + 0.01 * hiss() + 0.05 * Math.sin((2 * Math.PI * 60 * i) / rate))
  expect((await speech.transcribe({ samples: around, rate })).text).toBe('I need to cancel.')
  expect((await speech.transcribe({ samples: noisy, rate })).text).toBe('I need to cancel.')
})

test('a long sound is cut at its pauses, and nothing of it is lost', async () => {
  const spoken = await Promise.all(['yes-i-will-be-there', 'when-is-my-appointment', 'cancellation-policy', 'need-to-cancel', 'speak-to-a-person', 'close-on-saturday', 'ten-minutes-late'].map(sentence))
  const long = { rate, samples: joinSamples(spoken.flatMap(({ samples }) => [samples, pause(0.5)])) }
  const pieces = findSpeech(long)
  expect(pieces.length).toBeGreaterThan(1)
  for (const { from, to } of pieces) expect((to - from) / rate).toBeLessThanOrEqual(12)
  const { text, soundMs, tookMs } = await speech.transcribe(long)
  for (const words of ['Yes, I will be there', 'When is my appointment', 'cancellation policy', 'I need to cancel', 'speak to a person', 'close on Saturday', 'ten minutes late']) expect(text).toContain(words)
  expect(soundMs).toBe(Math.round((long.samples.length / rate) * 1_000))
  expect(tookMs).toBeGreaterThan(0)
})

test('somebody who makes no pause is cut where it is quietest', () => {
  // A voice of 200 Hz that is softer every four seconds.
  const sound = made(30, (i) => (i % 32_000 < 800 ? 0.05 : 0.4) * Math.sin((2 * Math.PI * 200 * i) / rate) * (i < rate ? 0 : 1) * (i % 8 < 7 ? 1 : 0.5))
  const pieces = findSpeech({ ...sound, samples: joinSamples([pause(4), sound.samples]) })
  expect(pieces.length).toBeGreaterThan(2)
  for (const [i, piece] of pieces.slice(1).entries()) {
    expect(piece.from).toBe(pieces[i]?.to)
    // Within a tenth of a second of a soft place.
    expect(Math.abs(((piece.from - 4 * rate) % 32_000) - 400)).toBeLessThan(800)
  }
})

test('one after the other, in the order asked; one that fails does not stop the next', async () => {
  const running: string[] = []
  const model = await openModel()
  let opened = 0
  const queued = openSpeechToText({ open: async () => {
    if (++opened === 1) throw new DeskError('unavailable', { message: 'not yet' })
    return async (samples) => {
      running.push('begins')
      const answer = await model(samples)
      running.push('ends')
      return answer
    }
  } })
  const sound = await sentence('need-to-cancel')
  const [first, second, third] = await Promise.allSettled([queued.transcribe(sound), queued.transcribe(sound), queued.transcribe(sound)])
  expect(first).toMatchObject({ status: 'rejected', reason: { code: 'unavailable' } })
  expect([second, third]).toMatchObject([{ value: { text: 'I need to cancel.' } }, { value: { text: 'I need to cancel.' } }])
  expect(running).toEqual(['begins', 'ends', 'begins', 'ends'])
  expect(opened).toBe(2)
})
