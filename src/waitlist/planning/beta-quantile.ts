/**
 * The value below which a share `q` (0 to 1) of a beta distribution with the parameters `a` and `b` (both above 0) lies.
 * Bisection on the regularised incomplete beta function, by its continued fraction (Press et al., Numerical Recipes, 3rd
 * edition, 6.4, with Lentz's method) and the logarithm of the gamma function after Lanczos (6.1); good to about 1e-10.
 */
export function betaQuantile({ a, b, q }: { a: number; b: number; q: number }): number {
  let [low, high] = [0, 1]
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2
    if (incompleteBeta(a, b, middle) < q) low = middle
    else high = middle
  }
  return (low + high) / 2
}

function incompleteBeta(a: number, b: number, x: number): number {
  if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x))
  // The fraction converges fast only on this side of the mean.
  return x < (a + 1) / (a + b + 2) ? front * fraction(a, b, x) / a : 1 - front * fraction(b, a, 1 - x) / b
}

function fraction(a: number, b: number, x: number): number {
  const tiny = 1e-300
  const away = (value: number) => (Math.abs(value) < tiny ? tiny : value)
  let c = 1
  let d = 1 / away(1 - (a + b) * x / (a + 1))
  let result = d
  for (let m = 1; m <= 1_000; m++) {
    const even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / away(1 + even * d)
    c = away(1 + even / c)
    result *= d * c
    const odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / away(1 + odd * d)
    c = away(1 + odd / c)
    result *= d * c
    if (Math.abs(d * c - 1) < 1e-14) break
  }
  return result
}

const lanczos = [676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7]

function logGamma(x: number): number {
  const y = x - 1
  const sum = lanczos.reduce((total, coefficient, i) => total + coefficient / (y + i + 1), 0.99999999999980993)
  const t = y + lanczos.length - 0.5
  return x < 0.5 ? Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x) : 0.5 * Math.log(2 * Math.PI) + (y + 0.5) * Math.log(t) - t + Math.log(sum)
}
