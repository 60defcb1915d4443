import type { Node, Tensor } from '../onnx/write-onnx.ts'

/** A graph under construction; every call gives the name of the value it makes, to be passed on. */
export type Drawing = {
  readonly nodes: Node[]
  readonly tensors: Tensor[]
  constant(data: Tensor['data'], dims: number[]): string
  /** A standard operator with one output. */
  standard(op: string, inputs: string[], attributes?: Node['attributes']): string
  /** One of onnxruntime's own fused operators. */
  fused(op: string, inputs: string[], attributes?: Node['attributes']): string
  /** Any operator, where the names of the outputs matter or there are several. */
  node(node: Node): string[]
}

export function drawGraph(): Drawing {
  const nodes: Node[] = []
  const tensors: Tensor[] = []
  const nextName = (kind: string): string => `${kind}_${nodes.length + tensors.length}`

  function node(drawn: Node): string[] {
    nodes.push(drawn)
    return drawn.outputs
  }
  function operator(op: string, inputs: string[], attributes: Node['attributes'], domain: string): string {
    const output = nextName(op)
    node({ op, inputs, outputs: [output], domain, ...(attributes && { attributes }) })
    return output
  }
  return {
    nodes,
    tensors,
    node,
    constant(data, dims) {
      const name = nextName('constant')
      tensors.push({ name, dims, data })
      return name
    },
    standard: (op, inputs, attributes) => operator(op, inputs, attributes, ''),
    fused: (op, inputs, attributes) => operator(op, inputs, attributes, 'com.microsoft'),
  }
}
