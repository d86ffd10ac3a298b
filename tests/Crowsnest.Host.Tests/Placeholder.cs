namespace Crowsnest.Host.Tests;
