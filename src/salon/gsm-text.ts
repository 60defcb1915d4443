// GSM 03.38, the alphabet of a plain SMS (3GPP TS 23.038, section 6.2.1). Extension characters take two units.
const basic = new Set('@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà')
const extension = new Set('\f^{}\\[~]|€')

/** Units that two joined plain SMS hold: 2 × 153. */
export const twoSegments = 306

/** How many GSM-7 units a text takes; undefined when a character is outside the alphabet (the SMS would need UCS-2 and hold half as much). */
export function gsmLength(text: string): number | undefined {
  let units = 0
  for (const character of text) {
    if (basic.has(character)) units += 1
    else if (extension.has(character)) units += 2
    else return undefined
  }
  return units
}

/**
 * What a text costs: its encoding, its units (septets, or 16-bit units in UCS-2) and how many SMS carry them. One SMS holds
 * 160 or 70 units; joined ones 153 or 67 each, and no character is cut in two at a border (3GPP TS 23.038, 23.040 section 9.2.3.24).
 */
export function countSegments(text: string): { encoding: 'GSM-7' | 'UCS-2'; units: number; segments: number } {
  const gsm = gsmLength(text)
  const sizes = Array.from(text, (character) => (gsm === undefined ? character.length : gsmLength(character) ?? 1))
  const units = sizes.reduce((sum, size) => sum + size, 0)
  const [alone, joined] = gsm === undefined ? [70, 67] as const : [160, 153] as const
  return { encoding: gsm === undefined ? 'UCS-2' : 'GSM-7', units, segments: units <= alone ? 1 : countParts(sizes, joined) }
}

function countParts(sizes: number[], room: number): number {
  let parts = 1
  let filled = 0
  for (const size of sizes) {
    if (filled + size > room) {
      parts++
      filled = 0
    }
    filled += size
  }
  return parts
}

const lookalikes: Record<string, string> = { '’': "'", '‘': "'", '“': '"', '”': '"', '–': '-', '—': '-', '…': '...', '\u00a0': ' ', '\u202f': ' ' }

/** The nearest text within the GSM alphabet: typographic marks become plain ones, accents it lacks are dropped (í → i), anything else is left out. */
export function toGsm(text: string): string {
  if (gsmLength(text) !== undefined) return text
  return Array.from(text.normalize('NFC'), (character) => {
    if (gsmLength(character) !== undefined) return character
    const plain = lookalikes[character] ?? character.normalize('NFD').replace(/\p{M}/gu, '')
    return gsmLength(plain) === undefined ? '' : plain
  }).join('')
}
