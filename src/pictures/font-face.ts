import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

/** What a picture must know of a font before it draws: which characters it has, and how wide they are. */
export type FontFace = {
  file: string
  covers(codePoint: number): boolean
  /** Width in the unit of `size`, without kerning. */
  widthOf(text: string, size: number): number
}

export type FontFaces = { regular: FontFace; bold: FontFace }

let faces: Promise<FontFaces> | undefined

/** DejaVu Sans Condensed, regular and bold, as they ship with the package: Latin, Greek, Cyrillic and more; read once. */
export function loadFonts(): Promise<FontFaces> {
  faces ??= Promise.all([readFace('DejaVuSansCondensed.ttf'), readFace('DejaVuSansCondensed-Bold.ttf')]).then(([regular, bold]) => ({ regular, bold }))
  return faces
}

/** Reads the tables `head`, `hhea`, `hmtx` and `cmap` (formats 4 and 12) of a TrueType file; OpenType specification 1.9. */
async function readFace(name: string): Promise<FontFace> {
  const file = fileURLToPath(import.meta.resolve(`dejavu-fonts-ttf/ttf/${name}`))
  const bytes = await readFile(file)
  const tables = new Map(Array.from({ length: bytes.readUInt16BE(4) }, (_, n) => [bytes.toString('latin1', 12 + n * 16, 16 + n * 16), bytes.readUInt32BE(20 + n * 16)]))
  const offset = (table: string): number => tables.get(table) ?? fail(name, `no table ${table}`)
  const unitsPerEm = bytes.readUInt16BE(offset('head') + 18)
  const metrics = bytes.readUInt16BE(offset('hhea') + 34)
  const glyphs = readCharacters(bytes, offset('cmap')) ?? fail(name, 'no table of characters')
  const widths = new Map([...glyphs].map(([codePoint, glyph]) => [codePoint, bytes.readUInt16BE(offset('hmtx') + Math.min(glyph, metrics - 1) * 4) / unitsPerEm]))
  return {
    file,
    covers: (codePoint) => glyphs.has(codePoint),
    widthOf: (text, size) => Array.from(text).reduce((sum, character) => sum + (widths.get(character.codePointAt(0) ?? 0) ?? 1), 0) * size,
  }
}

/** Code point → glyph, from the Unicode subtable that reaches furthest. */
function readCharacters(bytes: Buffer, cmap: number): Map<number, number> | undefined {
  const subtables = Array.from({ length: bytes.readUInt16BE(cmap + 2) }, (_, n) => cmap + bytes.readUInt32BE(cmap + 8 + n * 8))
  const full = subtables.find((at) => bytes.readUInt16BE(at) === 12)
  if (full !== undefined) return readGroups(bytes, full)
  const basic = subtables.find((at) => bytes.readUInt16BE(at) === 4)
  return basic === undefined ? undefined : readSegments(bytes, basic)
}

function readGroups(bytes: Buffer, at: number): Map<number, number> {
  const glyphs = new Map<number, number>()
  for (let group = 0; group < bytes.readUInt32BE(at + 12); group++) {
    const entry = at + 16 + group * 12
    const [first, last, glyph] = [bytes.readUInt32BE(entry), bytes.readUInt32BE(entry + 4), bytes.readUInt32BE(entry + 8)]
    for (let codePoint = first; codePoint <= last; codePoint++) glyphs.set(codePoint, glyph + codePoint - first)
  }
  return glyphs
}

function readSegments(bytes: Buffer, at: number): Map<number, number> {
  const glyphs = new Map<number, number>()
  const size = bytes.readUInt16BE(at + 6)
  for (let n = 0; n < size; n += 2) {
    const [last, first, delta, range] = [at + 14 + n, at + 16 + size + n, at + 16 + size * 2 + n, at + 16 + size * 3 + n]
    const [from, to, shift] = [bytes.readUInt16BE(first), bytes.readUInt16BE(last), bytes.readUInt16BE(range)]
    for (let codePoint = from; codePoint <= to && codePoint < 0xffff; codePoint++) {
      const glyph = shift === 0 ? codePoint : bytes.readUInt16BE(range + shift + (codePoint - from) * 2)
      if (glyph !== 0) glyphs.set(codePoint, (glyph + bytes.readUInt16BE(delta)) & 0xffff)
    }
  }
  return glyphs
}

function fail(name: string, what: string): never {
  throw new Error(`font ${name}: ${what}`)
}
