type Method = (...parameters: readonly unknown[]) => Promise<unknown>;

/**
 * Stands for a tool whose methods all return promises; makes it at the first call, once. What makes
 * it is imported then, so that a function which never uses it does not pay for it at start.
 */
export const lazily = <Tool extends object>(make: () => Promise<Tool>): Tool => {
  let made: Promise<Tool> | undefined;
  const methodOf = (name: PropertyKey): Method => {
    return async (...parameters) => {
      made ??= make();
      const tool = (await made) as Record<PropertyKey, Method>;
      return tool[name]?.(...parameters);
    };
  };
  return new Proxy({} as Tool, {
    // A tool is no promise: `await gateways.ecs` must not call a method named `then`.
    get: (_, name) => (name === 'then' ? undefined : methodOf(name)),
  });
};
