namespace Crowsnest.Core.Patterns;

/// <summary>A branch of a rule: which fields must all match.</summary>
/// <param name="Rule">The rule's number.</param>
/// <param name="First">Where its fields begin in the matcher's two lists: in the order of paths, and in the order in which they are cheapest to refute.</param>
/// <param name="Count">How many fields it has.</param>
internal readonly record struct CompiledBranch(int Rule, int First, int Count);
