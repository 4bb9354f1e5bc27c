/** Whether a Kubernetes object says in `status.conditions` that the condition of this type is True. */
export function hasCondition(object: unknown, type: string): boolean {
  // A JSON value from the API server; what is not there is undefined at each step.
  const { status } = (object ?? {}) as { status?: { conditions?: readonly { type?: string; status?: string }[] } };
  return status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false;
}
