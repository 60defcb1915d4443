/**
 * The part of the protobuf wire format that ONNX needs. A message is a list of fields, each already encoded;
 * https://protobuf.dev/programming-guides/encoding has the format.
 */
export type Message = Uint8Array[]

/** int32, int64 or enum field. */
export function integer(field: number, value: number | bigint): Message {
  return [varint(tag(field, 0)), varint(value)]
}

/** Single-precision field. */
export function float(field: number, value: number): Message {
  return [varint(tag(field, 5)), littleEndian(new Float32Array([value]))]
}

/** UTF-8 string or raw bytes. */
export function bytes(field: number, value: string | Uint8Array): Message {
  const content = typeof value === 'string' ? new TextEncoder().encode(value) : value
  return [varint(tag(field, 2)), varint(content.length), content]
}

/** A message inside a message; the parts are not copied, so large tensors stay where they are. */
export function nested(field: number, message: Message): Message {
  return [varint(tag(field, 2)), varint(lengthOf(message)), ...message]
}

/** Repeated integers in one length-prefixed run. */
export function packedIntegers(field: number, values: readonly (number | bigint)[]): Message {
  return nested(field, values.map(varint))
}

/** Repeated single-precision numbers in one length-prefixed run. */
export function packedFloats(field: number, values: ArrayLike<number>): Message {
  return bytes(field, littleEndian(Float32Array.from(values)))
}

/** The message as one array of bytes. */
export function join(message: Message): Uint8Array {
  return Buffer.concat(message)
}

/** The memory of a typed array; every platform Node runs these models on is little-endian, as the format wants. */
export function littleEndian(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer as ArrayBuffer, values.byteOffset, values.byteLength)
}

function tag(field: number, wireType: 0 | 2 | 5): number {
  return field * 8 + wireType
}

function varint(value: number | bigint): Uint8Array {
  // Negative numbers are written as 64-bit two's complement.
  let rest = BigInt.asUintN(64, BigInt(value))
  const out: number[] = []
  while (rest > 127n) {
    out.push(Number(rest & 127n) | 128)
    rest >>= 7n
  }
  out.push(Number(rest))
  return Uint8Array.from(out)
}

function lengthOf(message: Message): number {
  return message.reduce((sum, part) => sum + part.length, 0)
}
