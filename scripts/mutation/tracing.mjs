export const tracing = []
