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

const lookalikes: Record<string, string> = { '’': "'", '‘': "'", '“': '"', '”': '"', '–': '-', '—': '-', '…': '...', '\u00a0': ' ', '\u202f': ' ' }

/** The nearest text within the GSM alphabet: typographic marks become plain ones, accents it lacks are dropped (í → i), anything else is left out. */
export function toGsm(text: string): string {
  return Array.from(text.normalize('NFC'), (character) => {
    if (gsmLength(character) !== undefined) return character
    const plain = lookalikes[character] ?? character.normalize('NFD').replace(/\p{M}/gu, '')
    return gsmLength(plain) === undefined ? '' : plain
  }).join('')
}
