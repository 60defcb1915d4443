import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { candidates } from '../../../src/risk/candidates.ts'
import type { FeatureRow } from '../../../src/risk/features.ts'
import { fitModel, probability } from '../../../src/risk/fit-model.ts'
import { openRiskModel } from '../../../src/risk/open-model.ts'
import { train } from '../../../src/risk/train.ts'
import type { Training } from '../../../src/risk/train.ts'
import { trainingRows } from '../../../src/risk/training-rows.ts'
import { writeModel } from '../../../src/risk/write-model.ts'
import { riskCatalog, riskHistories } from '../../support/risk-histories.ts'

const histories = riskHistories()
const rows = trainingRows({ histories, catalog: riskCatalog })
let home: string
let training: Training

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'desk-risk-'))
  training = await train({ histories, catalog: riskCatalog })
})
afterAll(() => rm(home, { recursive: true, force: true }))

describe('the ONNX file', () => {
  test.each(candidates.map((candidate) => [candidate.name, candidate] as const))('%s says what plain JavaScript says, to 1e-6, also where features are unknown', async (name, candidate) => {
    const dir = join(home, `onnx ${name}`)
    const fit = fitModel({ rows, candidate })
    await writeModel({ dir, training: { ...training, fit, candidate: name }, source: 'A generated salon.' })
    const model = await openRiskModel({ dir })
    const gaps: FeatureRow[] = rows.slice(0, 200).map(({ appointmentId, clientId, values }, i) => ({ appointmentId, clientId, values: Object.fromEntries(Object.entries(values).filter((_, j) => (i + j) % 3 > 0)) }))
    const asked = [...rows, ...gaps, { appointmentId: 'x', clientId: 'y', values: {} }]
    const scores = await model.score(asked)
    expect(scores).toHaveLength(asked.length)
    scores.forEach(({ score }, i) => expect(Math.abs(score - probability(fit, asked[i] as FeatureRow))).toBeLessThan(1e-6))
  })

  test('scores nobody with nobody', async () => {
    const dir = join(home, 'empty')
    await writeModel({ dir, training, source: 'A generated salon.' })
    expect(await (await openRiskModel({ dir })).score([])).toEqual([])
  })

  test('is the same, byte for byte, when trained again', async () => {
    const again = await train({ histories, catalog: riskCatalog })
    const [a, b] = [join(home, 'a'), join(home, 'b')]
    await writeModel({ dir: a, training, source: 'A generated salon.' })
    await writeModel({ dir: b, training: again, source: 'A generated salon.' })
    for (const file of ['model.onnx', 'features.json', 'metrics.json', 'card.md']) {
      expect((await readFile(join(a, file))).equals(await readFile(join(b, file)))).toBe(true)
    }
  })
})

describe('the model that comes with the desk', () => {
  test('opens, and knows what it was made of', async () => {
    const model = await openRiskModel({ dir: 'models/risk' })
    expect(model.trainedThrough).toBe('2018-06-26')
    expect(model.features).not.toContain('saturday')
    expect(model.bands.medium).toBeLessThan(model.bands.high)
  })

  test('ranks a client with no-shows above a regular, and says why in plain words', async () => {
    const model = await openRiskModel({ dir: 'models/risk' })
    const usual = { consultation: 0, color: 0, style: 1, price: 102, duration: 60, segments: 1, visitsWithStaff: 1, moves: 0 }
    const [regular, risky] = await model.score([
      { appointmentId: '1', clientId: 'a', values: { ...usual, pastFailureRate: 0.03, pastVisits: 6, pastNoShows: 0, pastLateCancels: 0, pastEarlyCancels: 0, daysSinceVisit: 30, daysSinceFailure: Infinity, daysSinceCancel: Infinity, firstVisit: 0 } },
      { appointmentId: '2', clientId: 'b', recent: { noShows: 0, lateCancels: 2, earlyCancels: 0 }, values: { ...usual, pastFailureRate: 0.4, pastVisits: 1, pastNoShows: 0, pastLateCancels: 2, pastEarlyCancels: 0, daysSinceVisit: 30, daysSinceFailure: 10, daysSinceCancel: 10, firstVisit: 0 } },
    ])
    expect(regular).toMatchObject({ band: 'low', confidence: 'high' })
    expect(regular?.reasons).toContain('kept all 6 past visits')
    expect(risky?.score).toBeGreaterThan(3 * (regular?.score ?? 1))
    expect(risky?.reasons[0]).toBe('two late cancellations in the last 60 days')
  })

  test("takes the salon's own bands", async () => {
    const model = await openRiskModel({ dir: 'models/risk' })
    const row = { appointmentId: '1', clientId: 'a', values: {} }
    expect((await model.score([row], { bands: { medium: 0.001, high: 0.002 } }))[0]?.band).toBe('high')
    expect((await model.score([row], { bands: { medium: 0.9, high: 0.95 } }))[0]).toMatchObject({ band: 'low', confidence: 'low' })
  })
})

describe('a broken model', () => {
  const breakages: [string, (dir: string) => Promise<void>][] = [
    ['no graph', (dir) => rm(join(dir, 'model.onnx'))],
    ['a graph that is not ONNX', (dir) => writeFile(join(dir, 'model.onnx'), 'not a model')],
    ['half a graph', async (dir) => writeFile(join(dir, 'model.onnx'), (await readFile(join(dir, 'model.onnx'))).subarray(0, 300))],
    ['no description', (dir) => rm(join(dir, 'features.json'))],
    ['a description that is not JSON', (dir) => writeFile(join(dir, 'features.json'), '{')],
    ['a description of another model', async (dir) => {
      const description = JSON.parse(await readFile(join(dir, 'features.json'), 'utf8')) as { features: unknown[] }
      await writeFile(join(dir, 'features.json'), JSON.stringify({ ...description, features: description.features.slice(1) }))
    }],
  ]
  test.each(breakages)('%s: says which file and what to do', async (name, breakIt) => {
    const dir = join(home, `broken ${name}`)
    await cp('models/risk', dir, { recursive: true })
    await breakIt(dir)
    await expect(openRiskModel({ dir })).rejects.toMatchObject({ code: 'corrupt', userMessage: expect.stringMatching(/(model\.onnx|features\.json).*desk train/) })
  })
})
