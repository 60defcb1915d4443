import { describe, expect, test } from 'vitest'
import { candidates } from '../../../src/risk/candidates.ts'
import { fitLogistic, linearLogit } from '../../../src/risk/fit-logistic.ts'
import { sigmoid } from '../../../src/risk/fit-penalised.ts'
import { fitModel, probability } from '../../../src/risk/fit-model.ts'
import { fitTrees, treesLogit } from '../../../src/risk/fit-trees.ts'
import { calibrate } from '../../../src/risk/calibrate.ts'
import { openRiskModel } from '../../../src/risk/open-model.ts'
import { train } from '../../../src/risk/train.ts'
import { trainingRows } from '../../../src/risk/training-rows.ts'
import { walkForward } from '../../../src/risk/walk-forward.ts'
import { riskCatalog, riskHistories } from '../../support/risk-histories.ts'

const histories = riskHistories({ clients: 120, visits: 5 })
const rows = trainingRows({ histories, catalog: riskCatalog })
const [logistic] = candidates

/** y follows x0; x1 is noise; x2 never varies. */
const toy = Array.from({ length: 400 }, (_, i) => [((i * 37) % 101) / 100, ((i * 53) % 97) / 96, 1])
const toyLabels = toy.map(([x = 0], i) => Number(((i * 29) % 100) / 100 < 0.05 + 0.5 * x))

describe('logistic regression', () => {
  test('stands where the penalised likelihood is flat', () => {
    const lambda = 10
    const fit = fitLogistic({ rows: toy, labels: toyLabels, lambda })
    fit.weights.forEach((weight, j) => {
      if (fit.scales[j] === 0) return
      const slope = toy.reduce((sum, row, i) => sum + ((toyLabels[i] as number) - sigmoid(linearLogit(fit, row))) * (((row[j] as number) - (fit.means[j] as number)) / (fit.scales[j] as number)), 0)
      expect(slope - lambda * weight).toBeCloseTo(0, 4)
    })
  })

  test('gives a column that never varies no weight, and an unknown cell no effect', () => {
    const fit = fitLogistic({ rows: toy, labels: toyLabels, lambda: 1 })
    expect(fit.weights[2]).toBe(0)
    expect(linearLogit(fit, [NaN, NaN, NaN])).toBe(fit.intercept)
  })

  test('stays finite where the classes can be told apart perfectly', () => {
    const fit = fitLogistic({ rows: [[0], [0], [1], [1]], labels: [0, 0, 1, 1], lambda: 1e-6 })
    expect(Number.isFinite(linearLogit(fit, [1]))).toBe(true)
    expect(linearLogit(fit, [1])).toBeGreaterThan(linearLogit(fit, [0]))
  })
})

test('boosted trees find a step that no line fits', () => {
  const step = toy.map(([x = 0]) => Number(x > 0.4 && x < 0.6))
  const fit = fitTrees({ rows: toy, labels: step })
  expect(treesLogit(fit, [0.5, 0.5, 1])).toBeGreaterThan(treesLogit(fit, [0.2, 0.5, 1]) + 1)
  expect(treesLogit(fit, [0.5, 0.5, 1])).toBeGreaterThan(treesLogit(fit, [0.8, 0.5, 1]) + 1)
})

test('calibration is nudged towards the data and stays near "no change" on little of it', () => {
  const logits = toy.map(([x = 0]) => 4 * x - 4)
  const labels = logits.map((logit, i) => Number(((i * 61) % 100) / 100 < sigmoid(logit)))
  const honest = calibrate({ logits, labels })
  expect(Math.abs(honest.slope - 1)).toBeLessThan(0.3)
  const tooSure = calibrate({ logits: logits.map((logit) => 3 * logit), labels })
  expect(tooSure.slope).toBeLessThan(0.6)
  expect(Math.abs(calibrate({ logits: [-1], labels: [1] }).slope - 1)).toBeLessThan(0.1)
})

describe('time', () => {
  test('trap: scoring forward in time never lets a week see a label of its own or later', () => {
    const from = rows[Math.floor(rows.length / 2)]?.date ?? ''
    const to = rows.at(-1)?.date ?? ''
    const honest = [...walkForward({ rows, candidate: logistic, from, to })]
    expect(honest.length).toBeGreaterThan(200)
    // Labels that were not yet known when the first week was scored are turned round: its scores must not move.
    const cut = honest[0]?.row.asOf ?? ''
    const turned = rows.map((row) => (row.knownAt > cut ? { ...row, failed: !row.failed } : row))
    const after = [...walkForward({ rows: turned, candidate: logistic, from, to })]
    const firstWeek = honest.filter(({ row }) => row.asOf < new Date(Date.parse(cut) + 7 * 86_400_000).toISOString())
    expect(firstWeek.length).toBeGreaterThan(10)
    firstWeek.forEach(({ score }, i) => expect(after[i]?.score).toBe(score))
    expect(after.at(-1)?.score).not.toBe(honest.at(-1)?.score)
  })

  test('probabilities are calibrated in the large on visits scored forward in time', () => {
    const scored = [...walkForward({ rows, candidate: logistic, from: '2018-04-01', to: '2018-07-31' })]
    const stated = scored.reduce((sum, { score }) => sum + score, 0) / scored.length
    const observed = scored.filter(({ row }) => row.failed).length / scored.length
    expect(Math.abs(stated - observed)).toBeLessThan(0.03)
  })
})

describe('training', () => {
  test('promotes a model that beats the naive rule', async () => {
    const training = await train({ histories, catalog: riskCatalog })
    expect(training).toMatchObject({ promoted: true, candidate: 'logistic' })
    expect(training.results.map(({ name }) => name)).toEqual(candidates.map(({ name }) => name))
  })

  test('beats a current model made elsewhere on visits it has not seen; one that has seen them all is kept', async () => {
    const current = await openRiskModel({ dir: 'models/risk' })
    expect(await train({ histories, catalog: riskCatalog, current: { ...current, trainedThrough: '2018-01-01' } })).toMatchObject({ promoted: true, why: expect.stringMatching(/beats the current model/) })
    expect(await train({ histories, catalog: riskCatalog, current: { ...current, trainedThrough: '2019-01-01' } })).toMatchObject({ promoted: false, why: expect.stringMatching(/nothing new to judge/) })
  })

  test('learns from nothing after `through`', async () => {
    const training = await train({ histories, catalog: riskCatalog, through: '2018-05-31' })
    expect(training.trainedThrough <= '2018-05-31').toBe(true)
    expect(training.fit.rows).toBe(rows.filter(({ date }) => date <= '2018-05-31').length)
  })

  test('refuses a history that is too small, in words', async () => {
    await expect(train({ histories: riskHistories({ clients: 10 }), catalog: riskCatalog })).rejects.toMatchObject({ code: 'invalid_input', userMessage: expect.stringMatching(/too little history/) })
  })

  test('leaves out what never varies in this history', () => {
    const fit = fitModel({ rows, candidate: logistic })
    expect(fit.features).not.toContain('deposit')
    expect(fit.features).toContain('pastFailureRate')
    const [first] = rows
    if (!first) throw new Error('no rows')
    expect(probability(fit, first)).toBeGreaterThan(0)
  })
})
