namespace Crowsnest.Core.Patterns;

/// <summary>A branch of a rule: which fields must all match.</summary>
/// <param name="Rule">The rule's number.</param>
/// <param name="First">Where its fields begin in the matcher's two lists: in the order of paths, and the rarest first but for the one that led here.</param>
/// <param name="Count">How many fields it has.</param>
internal readonly record struct CompiledBranch(int Rule, int First, int Count);
