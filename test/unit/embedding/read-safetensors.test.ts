import { describe, expect, it } from 'vitest'
import { readSafetensors } from '../../../src/embedding/read-safetensors.ts'

describe('readSafetensors', () => {
  it('reads half-precision numbers whatever the length of the header', () => {
    for (const padding of ['', ' ']) {
      const file = safetensors(JSON.stringify({ a: entry([2], [0, 4]), b: entry([1, 2], [4, 8]) }) + padding, [1, -0.5, 2, 65504])
      const tensor = readSafetensors(file)
      expect([...tensor('a', [2])]).toEqual([1, -0.5])
      expect([...tensor('b', [1, 2])]).toEqual([2, 65504])
    }
  })

  it('refuses what is no safetensors file', () => {
    expect(() => readSafetensors(new Uint8Array(3))).toThrow('ends inside its header')
    expect(() => readSafetensors(safetensors('not json', []))).toThrow('not a list of tensors')
  })

  it('refuses a tensor that is missing, of another shape or cut short', () => {
    const tensor = readSafetensors(safetensors(JSON.stringify({ a: entry([2], [0, 4]) }), [1]))
    for (const [name, shape] of [['a', [2]], ['a', [1]], ['b', [2]]] as const) {
      expect(() => tensor(name, [...shape])).toThrow(`tensor ${name} is missing`)
    }
  })
})

function entry(shape: number[], offsets: [number, number]): object {
  return { dtype: 'F16', shape, data_offsets: offsets }
}

function safetensors(header: string, values: number[]): Uint8Array {
  const length = new Uint8Array(new BigUint64Array([BigInt(header.length)]).buffer)
  return Buffer.concat([length, Buffer.from(header), new Uint8Array(Float16Array.from(values).buffer)])
}
