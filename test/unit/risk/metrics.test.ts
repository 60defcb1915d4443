import { describe, expect, test } from 'vitest'
import { measure } from '../../../src/risk/metrics.ts'

const judged = (pairs: [number, boolean][]) => pairs.map(([score, failed], i) => ({ client: `C${i}`, score, failed }))

describe('measure', () => {
  test('a perfect order has area 1, a reversed one 0, ties a half', () => {
    const perfect: [number, boolean][] = [[0.9, true], [0.8, true], [0.2, false], [0.1, false]]
    expect(measure({ judged: judged(perfect) })).toMatchObject({ n: 4, failures: 2, auc: { value: 1 }, averagePrecision: { value: 1 } })
    expect(measure({ judged: judged(perfect.map(([score, failed]) => [1 - score, failed])) })?.auc.value).toBe(0)
    expect(measure({ judged: judged(perfect.map(([, failed]) => [0.5, failed])) })).toMatchObject({ auc: { value: 0.5 }, lift10: { value: 1 }, averagePrecision: { value: 0.5 } })
  })

  test('agrees with counting by hand', () => {
    const result = measure({ judged: judged([[0.8, true], [0.6, false], [0.4, true], [0.2, false], [0.1, false]]) })
    expect(result?.auc.value).toBeCloseTo(5 / 6, 4)
    expect(result?.averagePrecision.value).toBeCloseTo((1 + 2 / 3) / 2, 4)
    expect(result?.brier.value).toBeCloseTo((0.04 + 0.36 + 0.36 + 0.04 + 0.01) / 5, 4)
    expect(result?.lift20.value).toBeCloseTo(1 / (2 / 5), 4)
  })

  test('intervals hold the value, are the same each time, and widen with fewer clients', () => {
    const many = Array.from({ length: 400 }, (_, i) => ({ client: `C${i}`, score: ((i * 37) % 100) / 100, failed: (i * 53) % 100 < (i * 37) % 100 / 4 }))
    const few = many.map((row, i) => ({ ...row, client: `C${i % 8}` }))
    const [wide, narrow] = [measure({ judged: few }), measure({ judged: many })]
    expect(measure({ judged: many })).toEqual(narrow)
    for (const result of [wide, narrow]) {
      expect(result?.auc.low).toBeLessThanOrEqual(result?.auc.value ?? 0)
      expect(result?.auc.high).toBeGreaterThanOrEqual(result?.auc.value ?? 1)
    }
  })

  test('is null where there is nothing to rank', () => {
    expect(measure({ judged: [] })).toBeNull()
    expect(measure({ judged: judged([[0.5, true]]) })).toBeNull()
  })
})
