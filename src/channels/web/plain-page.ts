/** A page of words and at most one button, without any script: sign-in, and why there is nothing else to see. */
export type PlainPage = { /** English when absent. */ lang?: string; title: string; paragraphs: string[]; button?: { label: string; action: string; fields: Record<string, string> }; refresh?: { seconds: number; to: string } }

export function plainPage({ lang = 'en', title, paragraphs, button, refresh }: PlainPage): string {
  const fields = Object.entries(button?.fields ?? {}).map(([name, value]) => `<input type="hidden" name="${escape(name)}" value="${escape(value)}">`).join('')
  return `<!doctype html>
<html lang="${escape(lang)}">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">${refresh === undefined ? '' : `
<meta http-equiv="refresh" content="${refresh.seconds}; url=${escape(refresh.to)}">`}
<title>${escape(title)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/plain.css">
<main>
<h1>${escape(title)}</h1>
${paragraphs.map((words) => `<p>${escape(words)}</p>`).join('\n')}
${button === undefined ? '' : `<form method="post" action="${escape(button.action)}">${fields}<button>${escape(button.label)}</button></form>`}
</main>
</html>
`
}

export const plainCss = `:root { color-scheme: light dark; font: 1.0625rem/1.6 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; }
main { max-width: 32rem; padding: 1.5rem; }
h1 { font-size: 1.5rem; line-height: 1.25; }
button { font: inherit; padding: .6rem 1.4rem; border-radius: .5rem; border: 1px solid currentColor; cursor: pointer; }
`

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.codePointAt(0)};`)
}
