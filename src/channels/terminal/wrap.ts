/** Lines of at most `width`, each beginning with `indent`; a word longer than a line is broken. */
export function wrap(text: string, width: number, indent: string): string[] {
  const room = width - indent.length
  const lines: string[] = []
  let line = ''
  for (let word of text.split(' ').filter((part) => part !== '')) {
    if (line !== '' && line.length + 1 + word.length > room) {
      lines.push(line)
      line = ''
    }
    for (; word.length > room; word = word.slice(room)) lines.push(word.slice(0, room))
    line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line].map((one) => `${indent}${one}`)
}

/** A text of many lines, for a terminal: lines that fit stay as they are, others go on under their own beginning. */
export function wrapText(text: string, width: number): string {
  return text.split('\n').map((line) => {
    if (line.length <= width) return line
    const [lead = ''] = /^ *(?:(?:\d+\.|[!-]) +)?/.exec(line) ?? []
    const hanging = ' '.repeat(Math.min(lead.length, width / 2))
    const [first = '', ...more] = wrap(line.slice(lead.length), width, hanging)
    return [`${lead}${first.slice(hanging.length)}`, ...more].join('\n')
  }).join('\n')
}
