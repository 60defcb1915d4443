import type { Node, OnnxModel, Tensor } from '../onnx/write-onnx.ts'
import type { LinearFit } from './fit-logistic.ts'
import type { RiskFit } from './fit-model.ts'
import type { Tree, TreesFit } from './fit-trees.ts'

export const inputName = 'features'
export const outputName = 'risk'

/**
 * The ONNX graph of a fitted model: [batch, features] floats (unknown cells already replaced by their means) → [batch, 1]
 * probabilities. Linear: Sub, Div, MatMul; trees: TreeEnsembleRegressor; then calibration as Mul and Add, and Sigmoid.
 */
export function riskGraph({ features, fit, calibration }: RiskFit): OnnxModel {
  const logit = fit.kind === 'logistic' ? linearNodes(fit) : treesNodes(fit)
  return {
    name: `front-desk risk (${fit.kind})`,
    inputs: [{ name: inputName, type: 'float', shape: ['batch', features.length] }],
    outputs: [{ name: outputName, type: 'float', shape: ['batch', 1] }],
    initializers: [...logit.initializers, tensor('slope', [1], [calibration.slope]), tensor('offset', [1], [calibration.offset])],
    nodes: [
      ...logit.nodes,
      { op: 'Mul', inputs: ['logit', 'slope'], outputs: ['sloped'] },
      { op: 'Add', inputs: ['sloped', 'offset'], outputs: ['calibrated'] },
      { op: 'Sigmoid', inputs: ['calibrated'], outputs: [outputName] },
    ],
    metadata: { features: features.join(',') },
  }
}

function linearNodes({ means, scales, weights, intercept }: LinearFit): { nodes: Node[]; initializers: Tensor[] } {
  return {
    initializers: [
      tensor('means', [means.length], means),
      tensor('scales', [scales.length], scales.map((scale) => scale || 1)),
      tensor('weights', [weights.length, 1], weights),
      tensor('intercept', [1], [intercept]),
    ],
    nodes: [
      { op: 'Sub', inputs: [inputName, 'means'], outputs: ['deviations'] },
      { op: 'Div', inputs: ['deviations', 'scales'], outputs: ['standardised'] },
      { op: 'MatMul', inputs: ['standardised', 'weights'], outputs: ['weighted'] },
      { op: 'Add', inputs: ['weighted', 'intercept'], outputs: ['logit'] },
    ],
  }
}

function treesNodes({ base, trees }: TreesFit): { nodes: Node[]; initializers: Tensor[] } {
  const flat = trees.flatMap((tree, treeId) => flatten(tree, treeId))
  const leaves = flat.filter((node) => node.leaf !== undefined)
  return {
    initializers: [],
    nodes: [{
      op: 'TreeEnsembleRegressor',
      domain: 'ai.onnx.ml',
      inputs: [inputName],
      outputs: ['logit'],
      attributes: {
        n_targets: { int: 1 },
        base_values: { floats: [base] },
        nodes_treeids: { ints: flat.map((node) => node.treeId) },
        nodes_nodeids: { ints: flat.map((node) => node.id) },
        nodes_featureids: { ints: flat.map((node) => node.feature) },
        nodes_values: { floats: flat.map((node) => node.threshold) },
        nodes_modes: { strings: flat.map((node) => (node.leaf === undefined ? 'BRANCH_LEQ' : 'LEAF')) },
        nodes_truenodeids: { ints: flat.map((node) => node.left) },
        nodes_falsenodeids: { ints: flat.map((node) => node.right) },
        target_treeids: { ints: leaves.map((node) => node.treeId) },
        target_nodeids: { ints: leaves.map((node) => node.id) },
        target_ids: { ints: leaves.map(() => 0) },
        target_weights: { floats: leaves.map((node) => node.leaf ?? 0) },
      },
    }],
  }
}

type FlatNode = { treeId: number; id: number; feature: number; threshold: number; left: number; right: number; leaf?: number }

function flatten(tree: Tree, treeId: number): FlatNode[] {
  const nodes: FlatNode[] = []
  const add = (node: Tree): number => {
    const flat: FlatNode = { treeId, id: nodes.length, feature: 0, threshold: 0, left: 0, right: 0 }
    nodes.push(flat)
    if ('leaf' in node) flat.leaf = node.leaf
    else Object.assign(flat, { feature: node.feature, threshold: node.threshold, left: add(node.left), right: add(node.right) })
    return flat.id
  }
  add(tree)
  return nodes
}

function tensor(name: string, dims: number[], values: number[]): Tensor {
  return { name, dims, data: Float32Array.from(values) }
}
