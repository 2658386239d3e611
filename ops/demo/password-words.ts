/** 256 plain words for the demo's passwords: 8 bits each. */
export const passwordWords: readonly string[] = `
acorn amber anchor apple apron arbor arrow aspen atlas autumn badge bagel bamboo banjo barrel basil basin basket
beacon beaver bench berry birch bison blanket blossom bottle bramble branch bread breeze brick bridge bronze
brook bucket button cabin cactus camel candle canoe canvas canyon carbon cargo carpet castle cedar cellar chalk
cherry chestnut cider cinder circle clover cobalt cocoa comet compass copper coral cotton cradle crane crater
cricket crystal curtain cypress daisy delta desert diamond dolphin drum eagle easel echo elbow ember engine
envelope falcon feather fennel ferry fiddle field finch flame flannel flint flora forest fossil fountain garden
garlic garnet gazelle ginger glacier globe granite grape gravel grove guitar hammer hammock harbor harvest hazel
heron hollow honey horizon hornet island ivory jacket jasmine jigsaw jungle juniper kettle kitten ladder lagoon
lantern lavender leaf lemon lentil lilac linen lizard lobster locket lotus lumber magnet magpie mango maple
marble marigold meadow melon meteor mirror mitten monsoon mosaic mountain mulberry mustard nectar needle nettle
nickel nutmeg oasis ocean olive onyx orange orbit orchard orchid otter oyster paddle palm panda papaya paper
parsley pasture peach pearl pebble pelican pepper picnic pigeon pillow pine planet plaza plum pocket pollen
poplar poppy prairie prism puffin pumpkin quarry quartz quill rabbit radish raven reef ribbon ridge river robin
rocket saddle saffron salmon sandal sapphire satin scarf shadow shell shingle silver slate sparrow spice spiral
spruce squirrel starling stream summer sunset swallow tangle teapot temple thicket thistle thunder timber tulip
tundra tunnel turnip valley velvet violet walnut willow window winter yarrow zephyr zinc
`
  .trim()
  .split(/\s+/);
