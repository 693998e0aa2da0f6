/** What Windows and the agent listen on themselves (amazon-ecs-agent, config_windows.go). */
export const reservedPorts: ReadonlyMap<number, string> = new Map([
  [53, 'DNS'],
  [135, 'RPC'],
  [139, 'NetBIOS'],
  [445, 'SMB'],
  [2375, 'Docker'],
  [2376, 'Docker over TLS'],
  [3389, 'Remote Desktop'],
  [5985, 'WinRM'],
  [5986, 'WinRM over TLS'],
  [51678, 'the ECS agent'],
  [51679, 'the ECS agent'],
]);
