using Ctas.Cli;
using Ctas.Cli.Commands;

return await CtasCommandLine.InvokeAsync(args, Terminal.OfProcess());
