/**
 * A language model's words as a person may see them: no links (nobody checked where they lead), no file named as a
 * source that was not quoted in this turn.
 */
export function cleanProse(text: string, cited: ReadonlySet<string>): string {
  return cleanLinks(text).replace(/\s*[([]?\b([\w-]+\.(?:md|txt|html))(?:#[\w-]+)?\b[)\]]?/gi, (source, file: string) => (cited.has(file) ? source : '')).trim()
}

function cleanLinks(text: string): string {
  return text.replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/\b(?:https?:\/\/|www\.)\S+/gi, '(link left out)').replace(/<[!@#][^>]*>/g, '')
}

/** Hands a stream on word by word, cleaned: a link is never half shown. */
export function cleanStream(emit: (text: string) => void): { push(text: string): void; end(): void } {
  let held = ''
  return {
    push(text) {
      held += text
      const cut = held.search(/\s\S*$/)
      if (cut <= 0) return
      emit(cleanLinks(held.slice(0, cut)))
      held = held.slice(cut)
    },
    end() {
      if (held !== '') emit(cleanLinks(held))
      held = ''
    },
  }
}
