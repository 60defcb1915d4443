import { writeOnnx } from '../onnx/write-onnx.ts'
import { drawGraph } from './draw-graph.ts'
import type { Drawing } from './draw-graph.ts'
import { quantize } from './quantize.ts'

/** How exactly the weights are kept: as whole numbers of eight bits, or as single-precision numbers. */
export type Precision = 'int8' | 'fp32'

/** A tensor of the original model by name, in row-major order. */
type Weights = (name: string, shape: number[]) => Float32Array

/** The shape of all-MiniLM-L6-v2, from its config.json; another model needs another graph. */
const layers = 6
const heads = 12
const width = 384
const innerWidth = 1536
const vocabulary = 30_522
const trainedPositions = 512
const epsilon = { float: 1e-12 }

/** Numbers of TensorProto.DataType that Cast takes. */
const asFloat = { to: { int: 1 } }
const asInt32 = { to: { int: 6 } }
const asBool = { to: { int: 9 } }

/** Weights that share a scale: as exact as 32 on our test sentences, and the scales stay at 3 % of the file. */
const blockSize = 128

/** The longest input in tokens, [CLS] and [SEP] among them: max_seq_length on the model's card. */
export const maxTokens = 256

export const dimensions = width

/**
 * Writes all-MiniLM-L6-v2 as an ONNX graph: `ids` int64 [batch, tokens], padded with 0, become `vectors` float
 * [batch, 384], each of length 1 (mean over the real tokens, as the model's card has it).
 *
 * The graph uses onnxruntime's fused operators. With int8 each token's numbers get scales of their own (MatMulNBits at
 * accuracy level 4), so a text has the same vector alone and in a batch. DynamicQuantizeMatMul, with one scale for the
 * whole batch, took half the time and lost too much (cosine to the original 0.98, against 0.997).
 */
export function buildModel({ weights, precision }: { weights: Weights; precision: Precision }): Uint8Array {
  const context: Context = { graph: drawGraph(), weights, precision }
  const { graph } = context
  const isToken = graph.standard('Cast', ['ids'], asBool)
  let hidden = embedTokens(context)
  const mask = graph.standard('Cast', [isToken], asInt32)
  for (let layer = 0; layer < layers; layer++) hidden = encode(context, { layer: `encoder.layer.${layer}`, hidden, mask })
  pool(context, { hidden, mask: graph.standard('Cast', [isToken], asFloat) })
  return writeOnnx({
    name: 'all-MiniLM-L6-v2',
    inputs: [{ name: 'ids', type: 'int64', shape: ['batch', 'tokens'] }],
    outputs: [{ name: 'vectors', type: 'float', shape: ['batch', width] }],
    initializers: graph.tensors,
    nodes: graph.nodes,
    opsets: { '': 17, 'com.microsoft': 1 },
    metadata: { source: 'sentence-transformers/all-MiniLM-L6-v2, Apache-2.0', precision },
  })
}

type Context = { graph: Drawing; weights: Weights; precision: Precision }

/** Word + position + sentence kind, normalised. There is one sentence, of kind 0, so its row is added to the positions once and for all. */
function embedTokens(context: Context): string {
  const { graph, weights } = context
  const positions = weights('embeddings.position_embeddings.weight', [trainedPositions, width]).slice(0, maxTokens * width)
  const kinds = weights('embeddings.token_type_embeddings.weight', [2, width])
  const placed = positions.map((value, i) => value + (kinds[i % width] as number))
  const zero = graph.constant(new BigInt64Array([0n]), [1])
  const length = graph.standard('Shape', ['ids'], { start: { int: 1 }, end: { int: 2 } })
  const here = graph.standard('Slice', [graph.constant(placed, [maxTokens, width]), zero, length, zero])
  const sum = graph.standard('Add', [lookUpWords(context), here])
  return graph.standard('LayerNormalization', [sum, ...scaleAndShift(context, 'embeddings.LayerNorm')], { epsilon })
}

function lookUpWords({ graph, weights, precision }: Context): string {
  const words = weights('embeddings.word_embeddings.weight', [vocabulary, width])
  if (precision === 'fp32') return graph.standard('Gather', [graph.constant(words, [vocabulary, width]), 'ids'])
  const { values, scales } = quantize({ weights: words, runLength: width })
  const rows = graph.standard('Cast', [graph.standard('Gather', [graph.constant(values, [vocabulary, width]), 'ids'])], asFloat)
  return graph.standard('Mul', [rows, graph.standard('Gather', [graph.constant(scales, [vocabulary, 1]), 'ids'])])
}

/** One transformer layer: attention, then the inner network, each added to what came in and normalised. */
function encode(context: Context, { layer, hidden, mask }: { layer: string; hidden: string; mask: string }): string {
  const { graph } = context
  const attended = attend(context, { layer, hidden, mask })
  const mixed = dense(context, { input: attended, from: [`${layer}.attention.output.dense`], rows: width, columns: width })
  const middle = graph.fused('SkipLayerNormalization', [mixed, hidden, ...scaleAndShift(context, `${layer}.attention.output.LayerNorm`)], { epsilon })
  const inner = graph.fused('Gelu', [dense(context, { input: middle, from: [`${layer}.intermediate.dense`], rows: innerWidth, columns: width })])
  const outer = dense(context, { input: inner, from: [`${layer}.output.dense`], rows: width, columns: innerWidth })
  return graph.fused('SkipLayerNormalization', [outer, middle, ...scaleAndShift(context, `${layer}.output.LayerNorm`)], { epsilon })
}

function attend(context: Context, { layer, hidden, mask }: { layer: string; hidden: string; mask: string }): string {
  const { graph } = context
  const parts = ['query', 'key', 'value']
  // One multiplication for the three: fewer, larger operators.
  const all = dense(context, { input: hidden, from: parts.map((part) => `${layer}.attention.self.${part}`), rows: width, columns: width })
  const widths = graph.constant(BigInt64Array.from(parts, () => BigInt(width)), [parts.length])
  const outputs = graph.node({ op: 'Split', inputs: [all, widths], outputs: parts.map((part) => `${layer}.${part}`), attributes: { axis: { int: 2 } } })
  return graph.fused('MultiHeadAttention', [...outputs, '', mask], { num_heads: { int: heads } })
}

/** input × weightᵀ + bias for one linear layer, or for several of the same shape side by side. */
function dense(context: Context, { input, from, rows, columns }: { input: string; from: string[]; rows: number; columns: number }): string {
  const { graph, weights, precision } = context
  const weight = concatenate(from.map((name) => weights(`${name}.weight`, [rows, columns])))
  const outputs = rows * from.length
  const bias = graph.constant(concatenate(from.map((name) => weights(`${name}.bias`, [rows]))), [outputs])
  if (precision === 'fp32') {
    return graph.standard('Add', [graph.standard('MatMul', [input, graph.constant(transpose(weight, outputs), [columns, outputs])]), bias])
  }
  const { values, scales } = quantize({ weights: weight, runLength: blockSize })
  const blocks = columns / blockSize
  const packed = [graph.constant(aroundMiddle(values), [outputs, blocks, blockSize]), graph.constant(scales, [outputs, blocks])]
  const attributes = { K: { int: columns }, N: { int: outputs }, bits: { int: 8 }, block_size: { int: blockSize }, accuracy_level: { int: 4 } }
  return graph.fused('MatMulNBits', [input, ...packed, '', '', bias], attributes)
}

/** The operator takes unsigned values whose zero is 128. */
function aroundMiddle(values: Int8Array): Uint8Array {
  const unsigned = new Uint8Array(values.length)
  for (let i = 0; i < values.length; i++) unsigned[i] = (values[i] as number) + 128
  return unsigned
}

/** Sum over the real tokens, brought to length 1: dividing by their number first would change nothing. */
function pool({ graph }: Context, { hidden, mask }: { hidden: string; mask: string }): void {
  const one = graph.constant(new BigInt64Array([1n]), [1])
  const sum = graph.standard('MatMul', [graph.standard('Unsqueeze', [mask, one]), hidden])
  graph.node({ op: 'LpNormalization', inputs: [graph.standard('Squeeze', [sum, one])], outputs: ['vectors'], attributes: { axis: { int: -1 }, p: { int: 2 } } })
}

function scaleAndShift({ graph, weights }: Context, name: string): string[] {
  return ['weight', 'bias'].map((part) => graph.constant(weights(`${name}.${part}`, [width]), [width]))
}

function concatenate(arrays: Float32Array[]): Float32Array {
  const joined = new Float32Array(arrays.reduce((sum, array) => sum + array.length, 0))
  let at = 0
  for (const array of arrays) {
    joined.set(array, at)
    at += array.length
  }
  return joined
}

function transpose(matrix: Float32Array, rows: number): Float32Array {
  const columns = matrix.length / rows
  const turned = new Float32Array(matrix.length)
  for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) turned[column * rows + row] = matrix[row * columns + column] as number
  return turned
}
