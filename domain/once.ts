/**
 * What is made of something that never changes is made once and kept as long as that is: planners
 * ask for it again and again.
 */
export const once = <Key extends object, Value>(make: (key: Key) => Value) => {
  const made = new WeakMap<Key, { readonly value: Value }>();
  return (key: Key): Value => {
    const known = made.get(key);
    if (known !== undefined) return known.value;
    const value = make(key);
    made.set(key, { value });
    return value;
  };
};
