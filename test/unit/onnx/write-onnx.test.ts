import { InferenceSession, Tensor } from 'onnxruntime-node'
import { describe, expect, it } from 'vitest'
import { writeOnnx } from '../../../src/onnx/write-onnx.ts'
import type { OnnxModel } from '../../../src/onnx/write-onnx.ts'

const row: OnnxModel['inputs'] = [{ name: 'x', type: 'float', shape: ['rows', 2] }]

describe('writeOnnx', () => {
  it('writes a logistic regression that the runtime scores as the formula does', async () => {
    const output = await run(
      {
        name: 'logistic',
        inputs: row,
        outputs: [{ name: 'p', type: 'float', shape: ['rows', 1] }],
        initializers: [
          { name: 'w', dims: [2, 1], data: new Float32Array([0.5, -1.25]) },
          { name: 'b', dims: [1], data: new Float32Array([0.1]) },
        ],
        nodes: [
          { op: 'MatMul', inputs: ['x', 'w'], outputs: ['xw'] },
          { op: 'Add', inputs: ['xw', 'b'], outputs: ['z'] },
          { op: 'Sigmoid', inputs: ['z'], outputs: ['p'] },
        ],
      },
      [1, 2, 3, -4],
    )
    expect(output[0]).toBeCloseTo(1 / (1 + Math.exp(-(0.5 - 2.5 + 0.1))), 6)
    expect(output[1]).toBeCloseTo(1 / (1 + Math.exp(-(1.5 + 5 + 0.1))), 6)
  })

  it('writes a boosted tree: strings, ints, floats and a negative value', async () => {
    const output = await run(
      {
        name: 'tree',
        inputs: row,
        outputs: [{ name: 'score', type: 'float', shape: ['rows', 1] }],
        initializers: [],
        nodes: [
          {
            op: 'TreeEnsembleRegressor',
            domain: 'ai.onnx.ml',
            inputs: ['x'],
            outputs: ['score'],
            attributes: {
              n_targets: { int: 1 },
              aggregate_function: { string: 'SUM' },
              post_transform: { string: 'NONE' },
              base_values: { floats: [0.25] },
              nodes_treeids: { ints: [0, 0, 0] },
              nodes_nodeids: { ints: [0, 1, 2] },
              nodes_featureids: { ints: [1, 0, 0] },
              nodes_modes: { strings: ['BRANCH_LEQ', 'LEAF', 'LEAF'] },
              nodes_values: { floats: [2.5, 0, 0] },
              nodes_truenodeids: { ints: [1, 0, 0] },
              nodes_falsenodeids: { ints: [2, 0, 0] },
              nodes_missing_value_tracks_true: { ints: [1, 0, 0] },
              target_treeids: { ints: [0, 0] },
              target_nodeids: { ints: [1, 2] },
              target_ids: { ints: [0, 0] },
              target_weights: { floats: [-1.5, 4] },
            },
          },
        ],
      },
      [0, 2, 0, 3],
    )
    expect([...output]).toEqual([-1.25, 4.25])
  })

  it('writes whole-number constants, negative ones too, and numbers as settings', async () => {
    const output = await run(
      {
        name: 'shapes',
        inputs: row,
        outputs: [{ name: 'y', type: 'float', shape: ['n'] }],
        initializers: [{ name: 'shape', dims: [1], data: new BigInt64Array([-1n]) }],
        nodes: [
          { op: 'LeakyRelu', inputs: ['x'], outputs: ['leaky'], attributes: { alpha: { float: 0.5 } } },
          { op: 'Reshape', inputs: ['leaky', 'shape'], outputs: ['y'], attributes: { allowzero: { int: 0 } } },
        ],
      },
      [1, -2],
    )
    expect([...output]).toEqual([1, -1])
  })

  it('refuses a constant whose numbers do not fill its dims', () => {
    const model: OnnxModel = { name: 'short', inputs: row, outputs: [], nodes: [], initializers: [{ name: 'w', dims: [2, 2], data: new Float32Array(3) }] }
    expect(() => writeOnnx(model)).toThrow('tensor w has 3 numbers for dims [2, 2]')
  })
})

async function run(model: OnnxModel, values: number[]): Promise<Float32Array> {
  const session = await InferenceSession.create(writeOnnx(model))
  const results = await session.run({ x: new Tensor('float32', Float32Array.from(values), [values.length / 2, 2]) })
  return results[model.outputs[0]!.name]!.data as Float32Array
}
