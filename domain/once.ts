/**
 * What is made of something that never changes is made once and kept as long as that is: planners
 * ask for it again and again, and most of all for the last one.
 */
export const once = <Key extends object, Value>(make: (key: Key) => Value) => {
  const made = new WeakMap<Key, { readonly value: Value }>();
  let last: { readonly key: Key; readonly value: Value } | undefined;
  return (key: Key): Value => {
    if (last?.key === key) return last.value;
    const known = made.get(key) ?? { value: make(key) };
    made.set(key, known);
    last = { key, value: known.value };
    return known.value;
  };
};
