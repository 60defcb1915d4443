import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type OutFrame, readFrame, writeFrame } from '../../../../src/channels/voice/frames.ts'
import { strictly } from '../../../support/relay-frames.ts'

const data = (name: string): unknown => JSON.parse(readFileSync(join(import.meta.dirname, '../../../data/voice', name), 'utf8'))

describe('VOX-2: frames as Twilio documents them', () => {
  test.each(data('frames-in.json') as { as: string; frame: unknown; read: unknown }[])('in: $as', ({ frame, read }) => {
    expect(readFrame(JSON.stringify(frame))).toEqual(read)
  })

  test.each(data('frames-out.json') as { as: string; frame: OutFrame; text: string }[])('out: $as', ({ frame, text }) => {
    expect(writeFrame(frame)).toBe(text)
    expect(strictly(text)).toEqual(frame)
  })

  test('garbage, and frames over 64 KB, are unreadable', () => {
    for (const raw of ['', '{', 'null', '"prompt"', '\u0000\uffff', JSON.stringify({ type: 'prompt', voicePrompt: 'a'.repeat(65_536) })]) expect(readFrame(raw)).toEqual({ type: 'unreadable' })
  })

  test('what is said without a pause is cut at 2,000 characters', () => {
    expect(readFrame(JSON.stringify({ type: 'prompt', voicePrompt: 'a'.repeat(3_000) }))).toMatchObject({ voicePrompt: 'a'.repeat(2_000) })
  })
})
