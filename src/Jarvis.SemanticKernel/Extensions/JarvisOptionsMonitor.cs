using System.Diagnostics.CodeAnalysis;
using Jarvis.SemanticKernel.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;

namespace Jarvis.SemanticKernel.Extensions;

/// <summary>
/// The newest settings without a fault. When a configuration reloads they are made anew from all sources; what has a fault is logged, all of it, and changes nothing. Reading
/// them takes no lock.
/// </summary>
internal sealed class JarvisOptionsMonitor : IOptionsMonitor<JarvisRoutingOptions>, IDisposable
{
    private readonly IOptions<JarvisRoutingOptions> _first;
    private readonly IOptionsFactory<JarvisRoutingOptions> _factory;
    private readonly ILogger<JarvisOptionsMonitor> _logger;
    private readonly IDisposable[] _watches;
    private readonly Lock _gate = new();
    private volatile JarvisRoutingOptions? _newest;
    private Action<JarvisRoutingOptions, string?>? _listeners;

    public JarvisOptionsMonitor(
        IOptions<JarvisRoutingOptions> first, IOptionsFactory<JarvisRoutingOptions> factory, JarvisRegistration registration, ILogger<JarvisOptionsMonitor> logger)
    {
        (_first, _factory, _logger) = (first, factory, logger);

        // A kernel is never disposed, and the configuration of a host must not keep it.
        WeakReference<JarvisOptionsMonitor> self = new(this);
        _watches = [.. registration.Sections.Select(section => ChangeToken.OnChange(section.GetReloadToken, Reload, self))];
    }

    public JarvisRoutingOptions CurrentValue => _newest ?? _first.Value;

    public JarvisRoutingOptions Get(string? name) => string.IsNullOrEmpty(name) ? CurrentValue : _factory.Create(name);

    public IDisposable OnChange(Action<JarvisRoutingOptions, string?> listener)
    {
        lock (_gate)
        {
            _listeners += listener;
        }

        return new Listening(this, listener);
    }

    public void Dispose() => Array.ForEach(_watches, watch => watch.Dispose());

    private static void Reload(WeakReference<JarvisOptionsMonitor> monitor)
    {
        if (monitor.TryGetTarget(out JarvisOptionsMonitor? self))
        {
            self.Reload();
        }
    }

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "It would reach whoever changed a file, and that is the thread of a file watcher.")]
    private void Reload()
    {
        lock (_gate)
        {
            try
            {
                JarvisRoutingOptions settings = _factory.Create(Options.DefaultName);
                _newest = settings;
                _listeners?.Invoke(settings, Options.DefaultName);
                _logger.SettingsChanged();
            }
            catch (OptionsValidationException e)
            {
                _logger.SettingsRefused(string.Join(' ', e.Failures));
            }
            catch (Exception e)
            {
                // Of code that fills the options; nobody has vouched for its text.
                _logger.SettingsRefused($"{e.GetType().Name} while they were made.");
            }
        }
    }

    private sealed class Listening(JarvisOptionsMonitor monitor, Action<JarvisRoutingOptions, string?> listener) : IDisposable
    {
        public void Dispose()
        {
            lock (monitor._gate)
            {
                monitor._listeners -= listener;
            }
        }
    }
}
