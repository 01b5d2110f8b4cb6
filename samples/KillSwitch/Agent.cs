using Jarvis.SemanticKernel;
using Microsoft.SemanticKernel;
using Microsoft.SemanticKernel.Connectors.OpenAI;

namespace KillSwitchSample;

/// <summary>Works for ever. The only thing that ends a run is the kill switch, and then it tries to begin another one.</summary>
internal sealed class Agent(Kernel kernel)
{
    private static readonly TimeSpan BeforeNextTry = TimeSpan.FromMilliseconds(500);

    private readonly KernelArguments _settings = new(new OpenAIPromptExecutionSettings { FunctionChoiceBehavior = FunctionChoiceBehavior.Auto() });
    private volatile int _pieces;
    private volatile int _refusals;
    private volatile bool _isStopped;

    /// <summary>Gets how many pieces of text the model has sent.</summary>
    public int Pieces => _pieces;

    /// <summary>Gets how many runs were refused since the switch stopped one.</summary>
    public int Refusals => _refusals;

    public bool IsStopped => _isStopped;

    public async Task RunAsync(CancellationToken ending)
    {
        while (!ending.IsCancellationRequested)
        {
            #region forever
            try
            {
                await foreach (StreamingKernelContent piece in kernel.InvokePromptStreamingAsync("Answer the mails, all of them.", _settings, cancellationToken: ending))
                {
                    Write(piece.ToString());
                }
            }
            catch (KillSwitchActiveException e)
            {
                Stop(e.Message);
                await Task.Delay(BeforeNextTry, ending);
            }
            #endregion
        }
    }

    private void Write(string piece)
    {
        if (_isStopped)
        {
            Screen.GoesOn(_refusals);
            (_isStopped, _refusals) = (false, 0);
        }

        _pieces++;
        Screen.Stream(piece);
    }

    private void Stop(string message)
    {
        if (_isStopped)
        {
            _refusals++;
            return;
        }

        Screen.Stopped(message);
        _isStopped = true;
    }
}
