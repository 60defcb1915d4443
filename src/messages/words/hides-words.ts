/** The flags of England, Scotland and Wales are the one honest use of the tag characters. */
const tagFlag = /\u{1F3F4}[\u{E0030}-\u{E007A}]{2,6}\u{E007F}/gu
const shownByNoPhone = /[\u200B\u2060-\u2064\u202A-\u202E\u2066-\u2069\u{E0000}-\u{E007F}]/u

/**
 * Whether a text holds characters that no phone shows (zero-width spaces, tag characters) or that turn the reading direction:
 * what a person would read is not what a machine reads then. Emoji and their joiners are no such thing.
 */
export function hidesWords(text: string): boolean {
  return shownByNoPhone.test(text.replaceAll(tagFlag, ''))
}
