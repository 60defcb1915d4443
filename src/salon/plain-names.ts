/** A person's name as people have them (or a short code, as exports have them); '' for anything else. Clients choose their own. */
export function plainName(name: string | undefined): string {
  const trimmed = name?.trim() ?? ''
  const isName = /^[\p{L}\p{M}'’-]{1,24}(?:(?: |\. )[\p{L}\p{M}'’-]{1,24}){0,2}\.?$/u.test(trimmed) && trimmed.length <= 40
  return isName || /^[\p{L}\d]{1,12}$/u.test(trimmed) ? trimmed : ''
}

/** The name of a thing sold, a package or a salon: a few words, no sentence. '' for anything else. */
export function plainTitle(title: string | undefined): string {
  const trimmed = title?.trim() ?? ''
  const isTitle = trimmed.length <= 60 && trimmed.split(/\s+/).length <= 8 && !/[!?;:@<>{}[\]\n\r]|\p{L}{3,}\.\s|\p{L}{5,}\.$/u.test(trimmed)
  return isTitle ? trimmed : ''
}

/** "a", "a and b", "a, b and c". */
export function sayList(items: string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1) ?? ''}`
}

/** A service's name inside a sentence: "Women's cut" → "women's cut", "SPF facial" stays. */
export function inSentence(name: string): string {
  return /^\p{Lu}\p{Ll}/u.test(name) ? name.charAt(0).toLowerCase() + name.slice(1) : name
}

export function firstName(name: string): string {
  return name.split(/\s+/)[0] ?? name
}
