// Makes canonical_in.json and canonical_out.json with an independent implementation: JavaScript's own
// number printing and sorting are what RFC 8785 is defined by. Run: node canonical.js
const fs = require("fs");
let state = 20240610n;
const next = () => (state = (state * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn);
const numbers = [];
while (numbers.length < 2000) {
  const b = Buffer.alloc(8);
  b.writeBigUInt64BE(next() ^ (next() >> 29n));
  const x = b.readDoubleBE(0);
  if (Number.isFinite(x)) numbers.push(x);
}
for (let i = 0; i < 500; i++) numbers.push(Number(next() >> 44n) / 10 ** (i % 9));
const keys = { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\u{1f600}": 5, "\u0080": 6, "ö": "\u000f\n\"\\/\u007f\u2028", metrics: { "b:a": null, a_b: true, aa: [] } };
const canonical = (v) =>
  Array.isArray(v) ? "[" + v.map(canonical).join(",") + "]"
  : v && typeof v === "object" ? "{" + Object.keys(v).sort().map((k) => JSON.stringify(k) + ":" + canonical(v[k])).join(",") + "}"
  : JSON.stringify(v);
const value = { numbers, keys };
fs.writeFileSync("canonical_in.json", JSON.stringify(value, null, 0));
fs.writeFileSync("canonical_out.json", canonical(value));
