/** Ten things that Windows, ECS or both do not take, as they are found in the wild. */
export const taskDefinitionOfTen = `{
  "family": "orders",
  "networkMode": "bridge",
  "cpu": "1024",
  "runtimePlatform": { "operatingSystemFamily": "WINDOWS_SERVER_2019_CORE" },
  "containerDefinitions": [
    {
      "name": "web",
      "image": "111122223333.dkr.ecr.eu-west-1.amazonaws.com/orders:5.3-ltsc2022",
      "cpu": 512,
      "memoryReservation": 512,
      "links": ["cache"],
      "stopTimeout": 60,
      "portMappings": [
        { "containerPort": 5985, "hostPort": 5985 }
      ],
      "entryPoint": ["powershell", "-Command", "C:\\\\app\\\\start.ps1"],
      "mountPoints": [{ "sourceVolume": "data", "containerPath": "C:\\\\data" }],
      "logConfiguration": { "logDriver": "awslogs", "options": { "awslogs-group": "orders" } }
    }
  ],
  "volumes": [{ "name": "data", "host": { "sourcePath": "/var/orders" } }]
}
`;

export const dockerfileOfFive = `FROM mcr.microsoft.com/windows/servercore
SHELL ["powershell", "-Command"]
RUN Install-WindowsUpdate -AcceptAll
COPY app C:\\app\\
ENTRYPOINT C:\\app\\server.exe
`;
