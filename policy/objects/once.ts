/**
 * Remembers what a pure function made of an object, for as long as the object lives: forty rules ask the same of each
 * resource, and none of them changes one.
 */
export function once<In extends object, Out>(make: (given: In) => Out): (given: In) => Out {
  const made = new WeakMap<In, { readonly value: Out }>();
  return (given) => {
    const known = made.get(given);
    if (known !== undefined) return known.value;
    const value = make(given);
    made.set(given, { value });
    return value;
  };
}
