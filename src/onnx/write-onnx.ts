import { bytes, float, integer, join, littleEndian, nested, packedFloats, packedIntegers } from './protobuf.ts'
import type { Message } from './protobuf.ts'

/** Element types of the tensors we write, with their number in TensorProto.DataType. */
const elementTypes = { float: 1, uint8: 2, int8: 3, int32: 6, int64: 7, string: 8, bool: 9, double: 11 } as const

type ElementType = keyof typeof elementTypes

/** A constant of the graph: its element type follows from the array's. `dims` [] is a scalar. */
export type Tensor = {
  name: string
  dims: number[]
  data: Float32Array | Float64Array | Int8Array | Uint8Array | Int32Array | BigInt64Array
}

/** What goes in or comes out; a dimension that is a string (as 'batch') is any size. */
type ValueInfo = { name: string; type: ElementType; shape: (number | string)[] }

/** An operator's setting. JavaScript has one kind of number, ONNX has several, so the kind is said. */
type Attribute =
  | { int: number }
  | { float: number }
  | { string: string }
  | { ints: number[] }
  | { floats: ArrayLike<number> }
  | { strings: string[] }

/** One operator. `domain` is left out for standard operators; trees and linear models live in 'ai.onnx.ml'. An optional input left out is ''. */
export type Node = {
  op: string
  inputs: string[]
  outputs: string[]
  attributes?: Record<string, Attribute>
  domain?: string
}

/** A whole model. Nodes come in an order in which every input is already known. */
export type OnnxModel = {
  name: string
  inputs: ValueInfo[]
  outputs: ValueInfo[]
  initializers: Tensor[]
  nodes: Node[]
  /** Version of each operator domain used; '' is the standard one. Default: standard 17 and ai.onnx.ml 3. */
  opsets?: Record<string, number>
  /** Notes kept in the file (what it is, where it came from). */
  metadata?: Record<string, string>
}

/** IR 8 goes with opset 17: old enough for every runtime of the last years, new enough for LayerNormalization. */
const irVersion = 8

/**
 * Writes an ONNX file: the bytes that onnxruntime loads. Field numbers are those of onnx.proto
 * (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
 * Throws RangeError when a tensor's data does not fill its dims; whether the graph makes sense is the runtime's to say.
 */
export function writeOnnx({ name, inputs, outputs, initializers, nodes, opsets = { '': 17, 'ai.onnx.ml': 3 }, metadata = {} }: OnnxModel): Uint8Array {
  const graph: Message = [
    ...nodes.flatMap((node) => nested(1, nodeMessage(node))),
    ...bytes(2, name),
    ...initializers.flatMap((tensor) => nested(5, tensorMessage(tensor))),
    ...inputs.flatMap((value) => nested(11, valueMessage(value))),
    ...outputs.flatMap((value) => nested(12, valueMessage(value))),
  ]
  return join([
    ...integer(1, irVersion),
    ...bytes(2, 'front-desk-copilot'),
    ...nested(7, graph),
    ...Object.entries(opsets).flatMap(([domain, version]) => nested(8, [...bytes(1, domain), ...integer(2, version)])),
    ...Object.entries(metadata).flatMap(([key, value]) => nested(14, [...bytes(1, key), ...bytes(2, value)])),
  ])
}

function nodeMessage({ op, inputs, outputs, attributes = {}, domain = '' }: Node): Message {
  return [
    ...inputs.flatMap((input) => bytes(1, input)),
    ...outputs.flatMap((output) => bytes(2, output)),
    ...bytes(3, `${op}:${outputs[0] ?? ''}`),
    ...bytes(4, op),
    ...Object.entries(attributes).flatMap(([key, value]) => nested(5, [...bytes(1, key), ...attributeMessage(value)])),
    ...bytes(7, domain),
  ]
}

/** The value and, in field 20, its AttributeProto.AttributeType. */
function attributeMessage(value: Attribute): Message {
  if ('float' in value) return [...float(2, value.float), ...integer(20, 1)]
  if ('int' in value) return [...integer(3, value.int), ...integer(20, 2)]
  if ('string' in value) return [...bytes(4, value.string), ...integer(20, 3)]
  if ('floats' in value) return [...packedFloats(7, value.floats), ...integer(20, 6)]
  if ('ints' in value) return [...packedIntegers(8, value.ints), ...integer(20, 7)]
  return [...value.strings.flatMap((text) => bytes(9, text)), ...integer(20, 8)]
}

function tensorMessage({ name, dims, data }: Tensor): Message {
  const size = dims.reduce((product, dim) => product * dim, 1)
  if (size !== data.length) throw new RangeError(`tensor ${name} has ${data.length} numbers for dims [${dims.join(', ')}]`)
  return [...packedIntegers(1, dims), ...integer(2, elementTypes[elementTypeOf(data)]), ...bytes(8, name), ...bytes(9, littleEndian(data))]
}

function elementTypeOf(data: Tensor['data']): ElementType {
  if (data instanceof Float32Array) return 'float'
  if (data instanceof Float64Array) return 'double'
  if (data instanceof Int8Array) return 'int8'
  if (data instanceof Uint8Array) return 'uint8'
  if (data instanceof Int32Array) return 'int32'
  return 'int64'
}

function valueMessage({ name, type, shape }: ValueInfo): Message {
  const dims = shape.flatMap((dim) => nested(1, typeof dim === 'number' ? integer(1, dim) : bytes(2, dim)))
  const tensorType: Message = [...integer(1, elementTypes[type]), ...nested(2, dims)]
  return [...bytes(1, name), ...nested(2, nested(1, tensorType))]
}
