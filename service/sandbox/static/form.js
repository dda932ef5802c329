// What the person typed into one card, and how it travels to the server.

/** The inputs of one shown card. `kept` are values typed before the card was updated, by key. */
export class Form {
  constructor(kept = new Map()) {
    this.kept = kept;
    this.fields = [];
  }

  /** A field is {name, key, read(), wrap(value), isEmpty?(), check?(), showProblem?(text), dirty}. */
  add(field) {
    this.fields.push(field);
    field.dirty = this.kept.has(field.key);
    return field;
  }

  /** The value to start with: what was typed before, else what the card says. */
  start(key, initial) {
    return this.kept.has(key) ? this.kept.get(key) : initial;
  }

  /** Only what the person changed: an update by the server shows in untouched fields. */
  typed() {
    return new Map(this.fields.filter((field) => field.dirty).map((field) => [field.key, field.read()]));
  }

  /** `formInputs` of the event. Several fields of one name (switches) are joined; empty ones are left out. */
  inputs() {
    const all = {};
    for (const field of this.fields) {
      const wrapped = field.wrap(field.read());
      if (wrapped === null) continue;
      if (all[field.name]?.stringInputs && wrapped.stringInputs) {
        all[field.name].stringInputs.value.push(...wrapped.stringInputs.value);
      } else all[field.name] = wrapped;
    }
    return all;
  }

  /** Whether the action may run; otherwise the first field at fault is marked and focused. */
  accepts(action) {
    const required = new Set(action.requiredWidgets ?? []);
    const faulty = this.fields.filter((field) => {
      const needed = field.canBeRequired && (action.allWidgetsAreRequired || required.has(field.name));
      const problem = needed && field.isEmpty() ? "This field is required" : field.check?.() ?? null;
      field.showProblem?.(problem);
      return problem !== null;
    });
    faulty[0]?.focus?.();
    return faulty.length === 0;
  }
}

export const wrapStrings = (values) => (values.length ? { stringInputs: { value: values } } : null);
